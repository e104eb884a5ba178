"""Who works for the charity, as the user pool has it."""

from collections.abc import Set
from typing import TYPE_CHECKING

from shared.aws.clients import client
from shared.aws.failures import unavailable_where_out_of_reach

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_cognito_idp.type_defs import AttributeTypeTypeDef

_GROUPS = ("admin", "staff")


class CognitoStaff:
    def __init__(self, user_pool_id: str) -> None:
        self._cognito: CognitoIdentityProviderClient = client("cognito-idp")
        self._pool_id = user_pool_id

    def members(self) -> Set[str]:
        """The ids of admins and staff: a ListUsersInGroup for each sixty of a group. Raises Unavailable."""
        paginator = self._cognito.get_paginator("list_users_in_group")
        found: set[str] = set()
        with unavailable_where_out_of_reach():
            for group in _GROUPS:
                for page in paginator.paginate(UserPoolId=self._pool_id, GroupName=group):
                    found |= {_sub(user["Attributes"]) for user in page["Users"] if user["Enabled"]}
        return found


def _sub(attributes: "list[AttributeTypeTypeDef]") -> str:
    return next(attribute.get("Value", "") for attribute in attributes if attribute["Name"] == "sub")
