"""What a user pool has to do, for the one in memory and the one in Cognito."""

import uuid
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from identity.users.adapters.user_pool import CognitoUsers
from identity.users.domain.users import Group, User, UserPool
from shared.errors import NotFound, Unavailable
from tests.identity.users.examples import a_user
from tests.identity.users.memory_pool import MemoryPool
from tests.shared.aws.aws_server import AwsServer, answers

NAMES = ("Ada Lovelace", "Adam Ant", "Ben Adair", "Eve Black")


class UserPoolContract:
    def test_finds_a_user(self, pool: UserPool, users: dict[str, User]) -> None:
        found = pool.find(users["ada"].user_id)
        assert (found.name, found.email, found.groups, found.enabled) == ("Ada Lovelace", "ada@example.org", (), True)

    def test_does_not_find_others(self, pool: UserPool) -> None:
        with pytest.raises(NotFound):
            pool.find(str(uuid.uuid4()))

    def test_members_join_and_leave(self, pool: UserPool, users: dict[str, User]) -> None:
        ada, ben = users["ada"].user_id, users["ben"].user_id
        pool.join(ada, Group.STAFF)
        pool.join(ada, Group.STAFF)
        pool.join(ada, Group.ADMIN)
        pool.join(ben, Group.STAFF)
        assert {user.user_id: user.groups for user in pool.members(Group.STAFF)} == {
            ada: (Group.ADMIN, Group.STAFF),
            ben: (Group.STAFF,),
        }
        assert pool.find(ada).groups == (Group.ADMIN, Group.STAFF)
        pool.leave(ada, Group.STAFF)
        pool.leave(ada, Group.STAFF)
        assert [user.user_id for user in pool.members(Group.STAFF)] == [ben]

    @pytest.mark.parametrize("limit", [1, 2, 3, 60])
    @pytest.mark.parametrize(
        ("prefix", "expected"),
        [
            (None, {"ada", "adam", "ben", "eve"}),
            ("ADA", {"ada", "adam"}),
            ("ben a", {"ben"}),
            ("eve@", {"eve"}),
            ("lace", set()),
            ('a"', set()),
        ],
    )
    def test_pages_show_every_match_once(
        self, prefix: str | None, expected: set[str], limit: int, pool: UserPool, users: dict[str, User]
    ) -> None:
        pool.join(users["adam"].user_id, Group.STAFF)
        found: list[User] = []
        after: str | None = None
        for _ in range(10):
            page = pool.page(prefix, after, limit)
            assert len(page.users) <= limit
            found, after = [*found, *page.users], page.next_position
            if after is None:
                break
        assert after is None
        assert sorted(user.email.partition("@")[0] for user in found) == sorted(expected)
        assert {user.groups for user in found if user.name == "Adam Ant"} <= {(Group.STAFF,)}


class TestMemoryPool(UserPoolContract):
    @pytest.fixture
    def pool(self) -> MemoryPool:
        return MemoryPool(map(a_user, NAMES))

    @pytest.fixture
    def users(self, pool: MemoryPool) -> dict[str, User]:
        return dict(pool.users)


@pytest.mark.emulator
class TestCognitoUsers(UserPoolContract):
    @pytest.fixture
    def cognito(self, emulator: str, monkeypatch: pytest.MonkeyPatch) -> Any:
        monkeypatch.setenv("AWS_ENDPOINT_URL", emulator)
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        return boto3.client("cognito-idp")

    @pytest.fixture
    def pool_id(self, cognito: Any) -> Iterator[str]:
        made: str = cognito.create_user_pool(PoolName=str(uuid.uuid4()), UsernameAttributes=["email"])["UserPool"]["Id"]
        for group in Group:
            cognito.create_group(UserPoolId=made, GroupName=group)
        yield made
        cognito.delete_user_pool(UserPoolId=made)

    @pytest.fixture
    def users(self, cognito: Any, pool_id: str) -> dict[str, User]:
        made: dict[str, User] = {}
        for user in map(a_user, NAMES):
            attributes = [{"Name": "email", "Value": user.email}, {"Name": "name", "Value": user.name}]
            created = cognito.admin_create_user(
                UserPoolId=pool_id, Username=user.email, UserAttributes=attributes, MessageAction="SUPPRESS"
            )["User"]
            sub = next(each["Value"] for each in created["Attributes"] if each["Name"] == "sub")
            made[user.user_id] = a_user(user.name, user_id=sub)
        return made

    @pytest.fixture
    def pool(self, users: dict[str, User], pool_id: str) -> CognitoUsers:  # noqa: ARG002  they are in it
        return CognitoUsers(pool_id)


def test_a_quotation_mark_does_not_end_the_filter(aws: AwsServer) -> None:
    aws.outcomes.extend([answers({"Users": []})] * 5)
    CognitoUsers("pool").page('a"b\\', None, 20)
    filters = [request.json["Filter"] for request in aws.requests if request.operation == "ListUsers"]
    assert filters == ['email ^= "a\\"b\\\\"', 'name ^= "a\\"b\\\\"']


def test_cognito_out_of_reach_is_unavailable(aws: AwsServer) -> None:
    aws.outcomes.extend([answers(status=503)] * 30)
    with pytest.raises(Unavailable):
        CognitoUsers("pool").members(Group.ADMIN)
