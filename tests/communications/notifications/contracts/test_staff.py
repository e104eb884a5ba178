"""Who is on the staff, as Cognito says."""

import uuid
from collections.abc import Iterator

import boto3
import pytest

from communications.notifications.adapters.staff import CognitoStaff

pytestmark = [pytest.mark.emulator, pytest.mark.usefixtures("local_aws")]


@pytest.fixture
def pool(local_aws: str) -> Iterator[str]:
    cognito = boto3.client("cognito-idp", endpoint_url=local_aws)
    pool_id = cognito.create_user_pool(PoolName=f"staff-{uuid.uuid4()}")["UserPool"]["Id"]
    for group in ("admin", "staff", "finance"):
        cognito.create_group(UserPoolId=pool_id, GroupName=group)
    yield pool_id
    cognito.delete_user_pool(UserPoolId=pool_id)


def member(aws: str, pool_id: str, name: str, *groups: str) -> str:
    cognito = boto3.client("cognito-idp", endpoint_url=aws)
    created = cognito.admin_create_user(UserPoolId=pool_id, Username=name, MessageAction="SUPPRESS")["User"]
    for group in groups:
        cognito.admin_add_user_to_group(UserPoolId=pool_id, Username=name, GroupName=group)
    return next(attribute["Value"] for attribute in created["Attributes"] if attribute["Name"] == "sub")


def test_admins_and_staff_each_once_and_nobody_else(local_aws: str, pool: str) -> None:
    both, staff = member(local_aws, pool, "both", "admin", "staff"), member(local_aws, pool, "one", "staff")
    member(local_aws, pool, "finance", "finance")
    member(local_aws, pool, "nobody")
    gone = member(local_aws, pool, "gone", "staff")
    boto3.client("cognito-idp", endpoint_url=local_aws).admin_disable_user(UserPoolId=pool, Username="gone")

    assert CognitoStaff(pool).members() == {both, staff}
    assert gone not in CognitoStaff(pool).members()


def test_group_of_several_pages(local_aws: str, pool: str) -> None:
    members = {member(local_aws, pool, f"user-{number}", "staff") for number in range(61)}
    assert CognitoStaff(pool).members() == members
