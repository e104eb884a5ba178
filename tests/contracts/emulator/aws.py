"""The contract tests' access to an emulator: SDK clients, stacks, functions and plain HTTP requests."""

import gzip
import http.client
import io
import json
import os
import sys
import time
import uuid
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

from local.emulator.bootstrap import Bootstrap
from local.emulator.process import OF_TESTS

APPLICATION = Path(__file__).parent / "application"
DEADLINE_SECONDS = 30
OWNER = {"Authorization": f"Bearer {OF_TESTS.secret_access_key}"}
"""Headers for MiniStack's own paths."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    """By names in lower case."""
    body: str

    def json(self) -> Any:
        return json.loads(self.body)


def eventually[T](probe: Callable[[], T], within_seconds: float = DEADLINE_SECONDS) -> T:
    """Call the probe until its result is true or the time is up; returns its last result."""
    deadline = time.monotonic() + within_seconds
    while not (result := probe()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return result


def unique(name: str) -> str:
    return f"{name}-{uuid.uuid4().hex[:8]}"


def has_ended(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


class Aws:
    """An emulator, used by its root user."""

    def __init__(self, endpoint: str, environment: Mapping[str, str] | None = None) -> None:
        """`environment` contains the settings that an equal emulator would need."""
        self.endpoint, self.environment = endpoint, environment or {}
        self._session: Any = boto3.Session("test", "test", region_name="us-west-2")
        self.client = cache(self.new_client)

    def new_client(self, service: str, endpoint: str | None = None) -> Any:
        """An SDK client without retries."""
        once = Config(retries={"total_max_attempts": 1}, read_timeout=DEADLINE_SECONDS)
        return self._session.client(service, endpoint_url=endpoint or self.endpoint, config=once)

    def client_of_role(self, service: str, *actions: str, on: Sequence[str]) -> Any:
        """An SDK client with the permissions of a new role: these actions on these resources."""
        role, iam = unique("role"), self.client("iam")
        trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
        allowed = {"Effect": "Allow", "Action": actions, "Resource": on}
        documents = [json.dumps({"Version": "2012-10-17", "Statement": [part]}) for part in (trust, allowed)]
        arn = iam.create_role(RoleName=role, AssumeRolePolicyDocument=documents[0])["Role"]["Arn"]
        iam.put_role_policy(RoleName=role, PolicyName="allowed", PolicyDocument=documents[1])
        assumed = self.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
        keys = assumed["AccessKeyId"], assumed["SecretAccessKey"], assumed["SessionToken"]
        session: Any = boto3.Session(*keys, region_name="us-west-2")
        return session.client(service, endpoint_url=self.endpoint)

    def call(self, method: str, url: str, body: object = None, headers: Mapping[str, str] | None = None) -> Answer:
        """Send a request, with a body of bytes or else as JSON. The URL may be a path on the emulator."""
        address = urlsplit(self.endpoint)
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=DEADLINE_SECONDS)
        content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        try:
            connection.request(method, url, content, {"Content-Type": "application/json", **(headers or {})})
            response = connection.getresponse()
            names = {name.lower(): value for name, value in response.getheaders()}
            received = response.read()
            coding = names.get("content-encoding") if received else None
            return Answer(response.status, names, _decoded(received, coding))
        finally:
            connection.close()

    def deploy(self, stack: str, template: str | dict[str, Any], **parameters: str) -> str:
        """Create or update a stack; returns its final status."""
        cloudformation = self.client("cloudformation")
        request = {
            "StackName": stack,
            "TemplateBody": template if isinstance(template, str) else json.dumps(template),
            "Parameters": [{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()],
            "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
        }
        try:
            cloudformation.create_stack(**request)
        except cloudformation.exceptions.AlreadyExistsException:
            cloudformation.update_stack(**request)

        def final_status() -> str:
            status: str = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]
            return "" if status.endswith("_IN_PROGRESS") else status

        return eventually(final_status)

    def outputs(self, stack: str) -> dict[str, str]:
        described = self.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}

    def upload(self, key: str, content: bytes) -> str:
        """Put an object into the code bucket; returns its URL."""
        self.client("s3").put_object(Bucket=self.code_bucket, Key=key, Body=content)
        return f"{self.endpoint}/{self.code_bucket}/{key}"

    @cached_property
    def code_bucket(self) -> str:
        """A bucket for code and templates."""
        self.client("s3").create_bucket(Bucket="code", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
        return "code"

    def function(self, handler: str, **settings: Any) -> str:
        """Create a function from the application's handlers; returns its ARN."""
        role = self.client("iam").create_role(RoleName=unique("role"), AssumeRolePolicyDocument=TRUST)["Role"]
        defaults = {
            "FunctionName": unique(handler),
            "Runtime": "provided.al2023",
            "Handler": f"handlers.{handler}",
            "Role": role["Arn"],
            "Code": {"ZipFile": package()},
            "Timeout": 20,
        }
        created = self.client("lambda").create_function(**defaults | settings)
        return str(created["FunctionArn"])

    def invoke(self, function: str, event: object) -> tuple[Any, bool]:
        """Return the function's result and whether it is an error."""
        answer = self.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event))
        with answer["Payload"] as payload:
            return json.loads(payload.read()), "FunctionError" in answer


def _decoded(content: bytes, coding: str | None) -> str:
    match coding:
        case "gzip":
            return gzip.decompress(content).decode()
        case "deflate":
            return zlib.decompress(content).decode()
        case _:
            return content.decode()


TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        },
    }
)


def package(source: Path | None = None, handlers: Path = APPLICATION) -> bytes:
    """Zip a folder's handlers.py with a bootstrap like those of the platform, which runs it or the code in `source`."""
    bootstrap = Bootstrap(source or Path(), Path(sys.executable), {})
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.write(handlers / "handlers.py", "handlers.py")
        for name, text in bootstrap.files.items():
            archive.writestr(name, text)
    return content.getvalue()
