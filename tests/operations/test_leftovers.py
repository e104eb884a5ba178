"""What an interrupted command leaves behind does not stop the next one."""

from collections.abc import Iterator, Mapping
from typing import Any

from operations import smoke, stacks
from operations.environment import Environment


class Clients(Environment):
    """An environment whose clients are fakes."""

    def client(self, service: str, **_: Any) -> Any:
        return {"cloudformation": _CloudFormation(), "cognito-idp": _POOL}[service]


class _CloudFormation:
    """A stack whose creation failed: what it had made before is gone."""

    def get_paginator(self, _: str) -> "_CloudFormation":
        return self

    def paginate(self, *, StackName: str) -> Iterator[Mapping[str, Any]]:  # noqa: ARG002, N803  boto3's
        yield {
            "StackResourceSummaries": [
                {"ResourceType": "AWS::S3::Bucket", "PhysicalResourceId": "gone", "ResourceStatus": "DELETE_COMPLETE"},
                {"ResourceType": "AWS::S3::Bucket", "PhysicalResourceId": "stuck", "ResourceStatus": "DELETE_FAILED"},
            ]
        }


class _Pool:
    """A user pool in which a run has signed up, and was stopped before it confirmed."""

    def __init__(self) -> None:
        self.status = "UNCONFIRMED"
        self.confirmed_before_password = False

    class exceptions:  # noqa: N801  boto3's
        class UserNotFoundException(Exception): ...

    def admin_get_user(self, **_: str) -> Mapping[str, Any]:
        return {"UserStatus": self.status, "UserAttributes": [{"Name": "sub", "Value": "ada"}]}

    def admin_confirm_sign_up(self, **_: str) -> None:
        self.status = "CONFIRMED"

    def admin_set_user_password(self, **_: object) -> None:
        self.confirmed_before_password = self.status == "CONFIRMED"

    def admin_initiate_auth(self, **_: object) -> Mapping[str, Any]:
        return {"AuthenticationResult": {"AccessToken": "token"}}


_POOL = _Pool()
_HERE = Clients("dev", "us-west-2", "almoner-dev")


def test_resources_that_are_deleted_are_no_resources_of_the_stack() -> None:
    assert [each["PhysicalResourceId"] for each in stacks.resources(_HERE, "almoner-dev")] == ["stuck"]


def test_a_smoke_test_that_was_stopped_is_confirmed_by_the_next_so_that_its_user_becomes_a_supporter() -> None:
    assert smoke._sign_in(_HERE, {"UserPoolId": "pool", "UserPoolClientId": "client"}) == ("ada", "token")
    assert _POOL.confirmed_before_password
