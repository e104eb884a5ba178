"""Deploys the application in application/, which uses everything the platform relies on, and sends it requests."""

import base64
import json
from dataclasses import dataclass
from typing import Any, Self

from tests.contracts.emulator.aws import APPLICATION, Answer, Aws, package, unique

ORIGIN = "http://localhost:5173"
KEY = {"x-api-key": "application-key-0123456789"}
SLOW_KEY = {"x-api-key": "slow-application-key-0123456789"}
PASSWORD = "Secret-123"
LINE = {"sku": "mug", "quantity": 1}
ORDER = {"customer": "ann", "lines": [LINE]}


@dataclass(frozen=True)
class Application:
    """The deployed application, with a user who has signed in."""

    aws: Aws
    outputs: dict[str, str]
    user_name: str
    identity_token: str
    access_token: str

    def rest(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        return self.aws.call(method, self.outputs["Rest"] + path, body, {"Origin": ORIGIN, **headers})

    def http(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        return self.aws.call(method, self.outputs["Http"] + path, body, {"Origin": ORIGIN, **headers})

    def kept(self, key: str) -> Any:
        """The event that a function has stored under this key, if any."""
        dynamodb = self.aws.client("dynamodb")
        item = dynamodb.get_item(TableName=self.outputs["Table"], Key={"pk": {"S": key}}).get("Item")
        return item and json.loads(item["event"]["S"])

    @classmethod
    def deploy(cls, aws: Aws) -> Self:
        """Deploy it, and sign a user up and in."""
        aws.upload("application.zip", package())
        template, stack = (APPLICATION / "template.yaml").read_text(), unique("application")
        assert aws.deploy(stack, template, CodeBucket=aws.code_bucket, CodeKey="application.zip") == "CREATE_COMPLETE"
        outputs = aws.outputs(stack)
        name = sign_up(aws, outputs)
        confirm(aws, outputs, name)
        tokens = sign_in(aws, outputs["Client"], name)
        return cls(aws, outputs, name, tokens["IdToken"], tokens["AccessToken"])


def sign_up(aws: Aws, outputs: dict[str, str]) -> str:
    name = unique("ann")
    aws.client("cognito-idp").sign_up(
        ClientId=outputs["Client"],
        Username=name,
        Password=PASSWORD,
        UserAttributes=[{"Name": "email", "Value": f"{name}@charity.example"}],
    )
    return name


def confirm(aws: Aws, outputs: dict[str, str], name: str) -> None:
    """Confirm the sign-up with the code that the emulator always uses."""
    aws.client("cognito-idp").confirm_sign_up(ClientId=outputs["Client"], Username=name, ConfirmationCode="123456")


def sign_in(aws: Aws, client: str, name: str) -> dict[str, str]:
    answer = aws.client("cognito-idp").initiate_auth(
        ClientId=client,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": name, "PASSWORD": PASSWORD},
    )
    tokens: dict[str, str] = answer["AuthenticationResult"]
    return tokens


def assert_problem(answer: Answer, status: int, title: str) -> None:
    """The response is an error of the gateway, in the format that the template defines."""
    assert (answer.status, answer.json()["title"]) == (status, title)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert answer.json()["instance"] == "urn:request:" + answer.headers["x-amzn-requestid"]


def altered(token: str, part: int, **changes: object) -> str:
    """The token with changes in one of its JSON parts and the old signature."""
    parts = token.split(".")
    content = json.loads(base64.urlsafe_b64decode(parts[part] + "==")) | changes
    parts[part] = base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")
    return ".".join(parts)
