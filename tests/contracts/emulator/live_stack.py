"""Deploys the application in live/ as a nested stack, like the contexts, and sends it requests."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from websockets import Origin
from websockets.sync.client import ClientConnection, connect

from tests.contracts.emulator.aws import DEADLINE_SECONDS, Answer, Aws, package, unique

LIVE = Path(__file__).parent / "live"
OUTPUTS = (
    "SocketId",
    "RestId",
    "Table",
    "Jobs",
    "LongJobs",
    "Machine",
    "EnqueueFunction",
    "WorkFunction",
    "TickFunction",
)
ORIGIN = "http://localhost:5173"


@dataclass(frozen=True)
class Live:
    aws: Aws
    outputs: dict[str, str]

    @classmethod
    def deploy(cls, aws: Aws) -> Self:
        aws.upload("live.zip", package(handlers=LIVE))
        child = {
            "TemplateURL": aws.upload("live.yaml", (LIVE / "template.yaml").read_bytes()),
            "Parameters": {"CodeBucket": aws.code_bucket, "CodeKey": "live.zip"},
        }
        root = {
            "AWSTemplateFormatVersion": "2010-09-09",
            "Resources": {"Live": {"Type": "AWS::CloudFormation::Stack", "Properties": child}},
            "Outputs": {name: {"Value": {"Fn::GetAtt": ["Live", f"Outputs.{name}"]}} for name in OUTPUTS},
        }
        stack = unique("live")
        assert aws.deploy(stack, root) == "CREATE_COMPLETE"
        return cls(aws, aws.outputs(stack))

    @property
    def socket_endpoint(self) -> str:
        return f"{self.aws.endpoint}/_aws/execute-api/{self.outputs['SocketId']}/v1"

    @contextmanager
    def socket(self, ticket: str | None = "ann", origin: str | None = None) -> Iterator[ClientConnection]:
        """Open a socket; raises websockets' InvalidStatus if it is refused."""
        query = "" if ticket is None else f"?ticket={ticket}"
        url = self.socket_endpoint.replace("http", "ws", 1) + query
        with connect(
            url, origin=None if origin is None else Origin(origin), compression=None, open_timeout=DEADLINE_SECONDS
        ) as socket:
            yield socket

    @property
    def connections(self) -> Any:
        """An SDK client of the connections API."""
        return self.aws.new_client("apigatewaymanagementapi", self.socket_endpoint)

    def get(self, path: str, **headers: str) -> Answer:
        path = f"/_aws/execute-api/{self.outputs['RestId']}/v1{path}"
        return self.aws.call("GET", path, headers={"Origin": ORIGIN, **headers})

    def function(self, handler: str, **settings: Any) -> str:
        """Create another function of the application, whose role has no permissions; returns its ARN."""
        return self.aws.function(handler, Code={"ZipFile": package(handlers=LIVE)}, **settings)

    def kept(self, key: str) -> Any:
        """What a function has stored under this key, if anything."""
        table = self.outputs["Table"]
        item = self.aws.client("dynamodb").get_item(TableName=table, Key={"pk": {"S": key}}).get("Item")
        return item and json.loads(item["value"]["S"])

    def keep(self, key: str) -> None:
        item = {"pk": {"S": key}, "value": {"S": "{}"}}
        self.aws.client("dynamodb").put_item(TableName=self.outputs["Table"], Item=item)


def request_text(socket: ClientConnection, message: object) -> str:
    """Send a message, which is text, bytes or else JSON, and return the next message received."""
    socket.send(message if isinstance(message, str | bytes) else json.dumps(message))
    return str(socket.recv(DEADLINE_SECONDS))


def request_json(socket: ClientConnection, message: object) -> Any:
    return json.loads(request_text(socket, message))


def connection_of(socket: ClientConnection) -> str:
    connection: str = request_json(socket, {})["context"]["connectionId"]
    return connection
