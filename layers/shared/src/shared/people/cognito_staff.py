"""Who is staff, by the groups of the user pool."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from shared.auth.callers import STAFF_GROUPS
from shared.aws.clients import client
from shared.aws.failures import code, unavailable_where_out_of_reach
from shared.dynamodb.connection import readers

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient


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
