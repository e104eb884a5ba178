"""Who is here, by the Users table; who is staff, by the user pool."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from communications.users.adapters.records import UserRecord
from shared.auth.callers import STAFF_GROUPS
from shared.aws.clients import client
from shared.aws.failures import code, unavailable_where_out_of_reach
from shared.dynamodb.connection import readers

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient


class DynamoPeople:
    def __init__(self, users_table: str) -> None:
        self._users = UserRecord.at(users_table)

    def names(self, user_ids: Collection[str]) -> Mapping[str, str]:
        """One consistent BatchGetItem for each hundred."""
        found = self._users.find_many(sorted(user_ids)) if user_ids else []
        return {user.user_id: user.to_user().name for user in found}


class CognitoStaff:
    def __init__(self, pool_id: str) -> None:
        self._cognito: CognitoIdentityProviderClient = client("cognito-idp")
        self._pool_id = pool_id

    def among(self, user_ids: Collection[str]) -> frozenset[str]:
        """AdminListGroupsForUser for each, ten at a time."""
        ids = sorted(user_ids)
        return frozenset(id_ for id_, is_staff in zip(ids, readers().map(self._is_staff, ids), strict=True) if is_staff)

    def _is_staff(self, user_id: str) -> bool:
        try:
            with unavailable_where_out_of_reach():
                found = self._cognito.admin_list_groups_for_user(UserPoolId=self._pool_id, Username=user_id)
        except ClientError as error:
            if code(error) == "UserNotFoundException":
                return False
            raise
        return not STAFF_GROUPS.isdisjoint(group["GroupName"] for group in found["Groups"])
