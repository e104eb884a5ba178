"""Clients of the deployed platform."""

import os
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import jwt
import requests
from botocore.session import get_session

from local.credentials import Credentials, credentials_in
from tests.conformance import Document

PASSWORD = "Correct-horse-7"
PATIENCE_SECONDS = 20


@dataclass(frozen=True)
class User:
    email: str
    user_id: str
    access_token: str
    id_token: str
    refresh_token: str


class Platform:
    """The contents of outputs.json, and access to its AWS as the root user."""

    def __init__(self, outputs: dict[str, Any]) -> None:
        self.outputs = outputs
        self.api_key: str = outputs["apiKey"]

    def aws(self, service: str) -> Any:
        return get_session().create_client(
            service,
            region_name=self.outputs["region"],
            endpoint_url=self.outputs["endpoint"],
            aws_access_key_id=self.root_user.access_key_id,
            aws_secret_access_key=self.root_user.secret_access_key,
        )

    @cached_property
    def root_user(self) -> Credentials:
        return credentials_in(self.state / "credentials")

    @cached_property
    def cognito(self) -> Any:
        return self.aws("cognito-idp")

    @cached_property
    def stack(self) -> dict[str, str]:
        described = self.aws("cloudformation").describe_stacks(StackName="almoner")["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in described["Outputs"]}

    @cached_property
    def tables(self) -> list[str]:
        pages = self.aws("dynamodb").get_paginator("list_tables").paginate()
        return [name for page in pages for name in page["TableNames"]]

    def sample_user(self, group: str | None) -> User:
        """The first sample user of a group; None means a supporter."""
        member = next(u for u in self.outputs["users"] if (u["groups"][:1] or [None]) == [group])
        return self.sign_in(member["email"], member["password"])

    def sign_up(self, name: str, email: str = "") -> User:
        email = email or f"{secrets.token_hex(6)}@example.org"
        self.cognito.sign_up(
            ClientId=self.outputs["userPoolClientId"],
            Username=email,
            Password=PASSWORD,
            UserAttributes=[{"Name": "email", "Value": email}, {"Name": "name", "Value": name}],
        )
        self.cognito.admin_confirm_sign_up(UserPoolId=self.outputs["userPoolId"], Username=email)
        return self.sign_in(email, PASSWORD)

    def sign_in(self, email: str, password: str) -> User:
        tokens = self.cognito.initiate_auth(
            ClientId=self.outputs["userPoolClientId"],
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": email, "PASSWORD": password},
        )["AuthenticationResult"]
        attributes = self.cognito.get_user(AccessToken=tokens["AccessToken"])["UserAttributes"]
        user_id = next(a["Value"] for a in attributes if a["Name"] == "sub")
        return User(email, user_id, tokens["AccessToken"], tokens["IdToken"], tokens["RefreshToken"])

    def refreshed(self, user: User) -> str:
        """A new access token of the same sign-in."""
        answer = self.cognito.initiate_auth(
            ClientId=self.outputs["userPoolClientId"],
            AuthFlow="REFRESH_TOKEN_AUTH",
            AuthParameters={"REFRESH_TOKEN": user.refresh_token},
        )
        return str(answer["AuthenticationResult"]["AccessToken"])

    def token_until(self, user: User, expires_at: int) -> str:
        """The user's access token with another end, signed with the key of the local pool."""
        claims = jwt.decode(user.access_token, options={"verify_signature": False}) | {"exp": expires_at}
        keys = self.state / "emulator/state/cognito-pool-keys"
        key = (keys / f"{self.outputs['userPoolId']}-access.pem").read_bytes()
        headers = {"kid": jwt.get_unverified_header(user.access_token)["kid"]}
        return jwt.encode(claims, key, algorithm="RS256", headers=headers)

    @property
    def state(self) -> Path:
        """The folder of the local platform."""
        return Path(os.environ["ALMONER_OUTPUTS"]).parent

    def verify(self, user: User) -> None:
        """Have the user pool take the address of somebody for theirs."""
        verified = [{"Name": "email_verified", "Value": "true"}]
        pool_id = self.outputs["userPoolId"]
        self.cognito.admin_update_user_attributes(UserPoolId=pool_id, Username=user.email, UserAttributes=verified)

    def has_erased(self, user: User) -> bool:
        """Whether the last thing that goes is gone: the account."""
        self.invoke("communications.users.handlers.look_after_erasures.handler")  # the schedule's every five minutes
        try:
            self.cognito.admin_get_user(UserPoolId=self.outputs["userPoolId"], Username=user.email)
        except self.cognito.exceptions.UserNotFoundException:
            return True
        return False

    def invoke(self, handler: str) -> None:
        """Start a function as its schedule does."""
        [name] = [each["FunctionName"] for each in self.functions if each["Handler"] == handler]
        answer = self.aws("lambda").invoke(FunctionName=name, Payload=b"{}")
        assert "FunctionError" not in answer, answer["Payload"].read()

    @cached_property
    def functions(self) -> list[dict[str, Any]]:
        """As Lambda describes them, page after page."""
        pages = self.aws("lambda").get_paginator("list_functions").paginate()
        return [each for page in pages for each in page["Functions"]]

    def logged(self, group_suffix: str, text: str, context: str = "Personalization") -> list[str]:
        """Messages with that text in this log group of a context."""
        logs = self.aws("logs")
        groups = [g["logGroupName"] for g in logs.describe_log_groups()["logGroups"]]
        group = next(g for g in groups if context in g and g.endswith(f"/{group_suffix}"))
        events = logs.filter_log_events(logGroupName=group, filterPattern=f'"{text}"')["events"]
        return [event["message"] for event in events]


class Api:
    """A caller of one context's API. With an OpenAPI document, every response must conform to it."""

    def __init__(self, url: str, api_key: str | None, token: str | None, document: Document | None = None) -> None:
        self.url, self._document = url, document
        headers = {"x-api-key": api_key, "Authorization": token and f"Bearer {token}"}
        self.headers = {name: value for name, value in headers.items() if value}

    def __call__(self, method: str, path: str, **request: Any) -> requests.Response:
        headers = self.headers | request.pop("headers", {})
        answer = requests.request(method, self.url + path, headers=headers, timeout=40, **request)
        route = self._document and self._document.route_of(method, path.partition("?")[0])
        if self._document and route:
            self._document.check(route, answer.status_code, answer.headers, answer.text)
        return answer

    def get(self, path: str, **request: Any) -> requests.Response:
        return self("GET", path, **request)


def eventually(holds: Callable[[], object], patience_seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until a condition holds, at most so long."""
    deadline = time.monotonic() + patience_seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.05)


def is_problem(answer: requests.Response, status: int) -> dict[str, Any]:
    """The body of a response, after asserting that it is an RFC 9457 problem that browsers of our origin may read."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Access-Control-Allow-Origin"] == "http://localhost:5173"
    problem: dict[str, Any] = answer.json()
    assert {"type", "title", "status", "detail", "instance"} <= problem.keys()
    assert problem["status"] == status
    assert problem["instance"].startswith("urn:request:")
    return problem
