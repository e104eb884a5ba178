"""Who is staff, in memory and in Cognito."""

import uuid
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from communications.conversations.domain.sending import Staff
from shared.errors import Unavailable
from shared.people.cognito_staff import CognitoStaff
from tests.communications.conversations.fakes import FakeStaff
from tests.shared.aws.aws_server import AwsServer, refuses

NAMES = "ada", "priya", "tom", "volunteer"


class StaffContract:
    def test_staff_are_the_members_of_the_staff_groups(self, staff: Staff, ids: dict[str, str]) -> None:
        everybody = [*ids.values(), str(uuid.uuid4())]

        assert staff.among(everybody) == {ids["priya"], ids["tom"]}
        assert staff.among([ids["ada"]]) == frozenset()
        assert staff.among([]) == frozenset()


class TestInMemory(StaffContract):
    @pytest.fixture
    def ids(self) -> dict[str, str]:
        return dict(zip(NAMES, NAMES, strict=True))

    @pytest.fixture
    def staff(self) -> Staff:
        return FakeStaff("priya", "tom")


@pytest.mark.emulator
class TestInCognito(StaffContract):
    @pytest.fixture
    def pool_id(self, local_aws: str) -> str:
        made: Any = boto3.client("cognito-idp", endpoint_url=local_aws).create_user_pool(PoolName=uuid.uuid4().hex)
        return str(made["UserPool"]["Id"])

    @pytest.fixture
    def ids(self, local_aws: str, pool_id: str) -> dict[str, str]:
        cognito: Any = boto3.client("cognito-idp", endpoint_url=local_aws)
        made = {}
        for name in NAMES:
            address = [{"Name": "email", "Value": f"{name}@example.org"}]
            user = cognito.admin_create_user(UserPoolId=pool_id, Username=name, UserAttributes=address)["User"]
            made[name] = user["Username"]
        for name, group in (("priya", "staff"), ("tom", "finance"), ("tom", "admin"), ("volunteer", "volunteers")):
            if group not in {each["GroupName"] for each in cognito.list_groups(UserPoolId=pool_id)["Groups"]}:
                cognito.create_group(UserPoolId=pool_id, GroupName=group)
            cognito.admin_add_user_to_group(UserPoolId=pool_id, Username=made[name], GroupName=group)
        return made

    @pytest.fixture
    def staff(self, pool_id: str) -> Staff:
        return CognitoStaff(pool_id)


def test_pool_that_is_busy_is_unavailable(aws: AwsServer) -> None:
    aws.outcomes.extend([refuses("TooManyRequestsException")] * 10)

    with pytest.raises(Unavailable):
        CognitoStaff("us-west-2_pool").among(["ada"])


def test_other_refusals_are_mistakes(aws: AwsServer) -> None:
    aws.outcomes.append(refuses("NotAuthorizedException"))

    with pytest.raises(ClientError, match="NotAuthorizedException"):
        CognitoStaff("us-west-2_pool").among(["ada"])
