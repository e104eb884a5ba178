"""The users of a Cognito user pool.

Cognito lists users without their groups, and tells one user's groups at a time. Staff are few: the members of the three
groups are read beside each page, in the same round.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from identity.users.domain.users import Group, User, UserPage
from shared.aws.clients import client
from shared.aws.failures import code, unavailable_where_out_of_reach
from shared.dynamodb.connection import readers
from shared.errors import NotFound

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

_MAX_MEMBERS = 60  # of one ListUsersInGroup
_MAX_CALLS = 3  # to fill a page: Cognito may answer with fewer users than there are
_SEARCHED = ("email", "name")  # one after the other: a filter names one attribute

type Memberships = Mapping[str, frozenset[Group]]


class CognitoUsers:
    def __init__(self, pool_id: str) -> None:
        self._cognito: CognitoIdentityProviderClient = client("cognito-idp")
        self._pool_id = pool_id

    def find(self, user_id: str) -> User:
        """AdminGetUser and AdminListGroupsForUser, in one round."""
        who: Any = {"UserPoolId": self._pool_id, "Username": user_id}
        with _translated_failures():
            groups = readers().submit(lambda: self._cognito.admin_list_groups_for_user(**who)["Groups"])
            found: Any = self._cognito.admin_get_user(**who)
            names = {group["GroupName"] for group in groups.result()}
        return _user({**found, "Attributes": found["UserAttributes"]}, frozenset(g for g in Group if g in names))

    def page(self, prefix: str | None, after: str | None, limit: int) -> UserPage:
        """One round of a ListUsers and, for each group, a ListUsersInGroup; more where a search spans two attributes.

        A position is the attribute that is being searched, and Cognito's token.
        """
        with _translated_failures():
            members = self._members_of_groups()
            found, position = self._found(prefix, after, limit)
            groups = _memberships(members())
        users = tuple(_user(each, groups.get(_attributes(each)["sub"], frozenset())) for each in found)
        return UserPage(users, position)

    def members(self, group: Group) -> list[User]:
        """As many rounds as the largest group has pages of 60."""
        with _translated_failures():
            lists = self._members_of_groups()()
        memberships = _memberships(lists)
        return [_user(each, memberships[_attributes(each)["sub"]]) for each in lists[group]]

    def join(self, user_id: str, group: Group) -> None:
        with _translated_failures():
            self._cognito.admin_add_user_to_group(UserPoolId=self._pool_id, Username=user_id, GroupName=group)

    def leave(self, user_id: str, group: Group) -> None:
        with _translated_failures():
            self._cognito.admin_remove_user_from_group(UserPoolId=self._pool_id, Username=user_id, GroupName=group)

    def _found(self, prefix: str | None, after: str | None, limit: int) -> tuple[list[Any], str | None]:
        attribute, token = json.loads(after) if after else (_SEARCHED[0], None)
        found: list[Any] = []
        for _ in range(_MAX_CALLS):
            users, token = self._list(prefix, attribute, token, limit - len(found))
            found += users
            if token is None and (prefix is None or attribute == _SEARCHED[-1]):
                return found, None
            if token is None:
                attribute = _SEARCHED[-1]
            if len(found) == limit:
                break
        return found, json.dumps([attribute, token])

    def _list(self, prefix: str | None, attribute: str, token: str | None, limit: int) -> tuple[list[Any], str | None]:
        request: Any = {"UserPoolId": self._pool_id, "Limit": limit}
        if prefix is not None:
            escaped = prefix.replace("\\", "\\\\").replace('"', '\\"')
            request["Filter"] = f'{attribute} ^= "{escaped}"'
        if token is not None:
            request["PaginationToken"] = token
        answer = self._cognito.list_users(**request)
        users: list[Any] = list(answer["Users"])
        if prefix is not None and attribute == "name":  # whose address matches has been listed before
            users = [user for user in users if not _attributes(user)["email"].casefold().startswith(prefix.casefold())]
        return users, answer.get("PaginationToken")

    def _members_of_groups(self) -> Callable[[], Mapping[Group, list[Any]]]:
        """Starts reading; call what it returns when the members are needed."""
        reading = {group: readers().submit(self._members_of, group) for group in Group}
        return lambda: {group: members.result() for group, members in reading.items()}

    def _members_of(self, group: Group) -> list[Any]:
        pages = self._cognito.get_paginator("list_users_in_group").paginate(
            UserPoolId=self._pool_id, GroupName=group, PaginationConfig={"PageSize": _MAX_MEMBERS}
        )
        return [user for page in pages for user in page["Users"]]


def _memberships(lists: Mapping[Group, list[Any]]) -> Memberships:
    found: dict[str, frozenset[Group]] = {}
    for group, members in lists.items():
        for member in members:
            user_id = _attributes(member)["sub"]
            found[user_id] = found.get(user_id, frozenset()) | {group}
    return found


def _user(described: Mapping[str, Any], groups: frozenset[Group]) -> User:
    attributes = _attributes(described)
    return User(
        user_id=attributes["sub"],
        email=attributes.get("email", ""),
        name=attributes.get("name", ""),
        groups=tuple(sorted(groups)),
        enabled=described["Enabled"],
        created_at=described["UserCreateDate"],
    )


def _attributes(described: Mapping[str, Any]) -> dict[str, str]:
    return {attribute["Name"]: attribute["Value"] for attribute in described["Attributes"]}


@contextmanager
def _translated_failures() -> Iterator[None]:
    """Raises NotFound; Unavailable."""
    try:
        with unavailable_where_out_of_reach():
            yield
    except ClientError as error:
        if code(error) == "UserNotFoundException":
            raise NotFound("There is no such user.") from error
        raise
