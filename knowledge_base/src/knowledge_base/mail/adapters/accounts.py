"""Whose address it is, and where somebody is reached: the user pool knows, as it is who verifies addresses."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from shared.aws.clients import client
from shared.aws.failures import code, unavailable_where_out_of_reach

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient


class CognitoAccounts:
    def __init__(self, pool_id: str) -> None:
        self._cognito: CognitoIdentityProviderClient = client("cognito-idp")
        self._pool_id = pool_id

    def user_of(self, address: str) -> str | None:
        """One ListUsers."""
        escaped = address.replace("\\", "\\\\").replace('"', '\\"')
        with unavailable_where_out_of_reach():
            found = self._cognito.list_users(UserPoolId=self._pool_id, Filter=f'email = "{escaped}"', Limit=2)
        enabled = (user for user in found["Users"] if user.get("Enabled"))
        users = [user for user in enabled if _verified_address(user, "Attributes") == address]
        return _attributes(users[0], "Attributes")["sub"] if len(users) == 1 else None

    def address_of(self, user_id: str) -> str | None:
        """One AdminGetUser."""
        user = self._user(user_id)
        return _verified_address(user, "UserAttributes") if user and user.get("Enabled") else None

    def last_address_of(self, user_id: str) -> str | None:
        """One AdminGetUser."""
        user = self._user(user_id)
        return _verified_address(user, "UserAttributes") if user else None

    def _user(self, user_id: str) -> Mapping[str, Any] | None:
        try:
            with unavailable_where_out_of_reach():
                return self._cognito.admin_get_user(UserPoolId=self._pool_id, Username=user_id)
        except ClientError as error:
            if code(error) == "UserNotFoundException":
                return None
            raise


def _verified_address(user: Mapping[str, Any], name: str) -> str | None:
    attributes = _attributes(user, name)
    return attributes.get("email", "").lower() or None if attributes.get("email_verified") == "true" else None


def _attributes(user: Mapping[str, Any], name: str) -> dict[str, str]:
    return {attribute["Name"]: attribute.get("Value", "") for attribute in user[name]}
