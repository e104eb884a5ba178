"""Users' accounts in a Cognito user pool."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from shared.aws.clients import client
from shared.aws.failures import code, unavailable_where_out_of_reach
from shared.errors import NotFound

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient


class CognitoAccounts:
    def __init__(self, pool_id: str) -> None:
        self._cognito: CognitoIdentityProviderClient = client("cognito-idp")
        self._pool_id = pool_id

    def groups(self, user_id: str) -> frozenset[str]:
        """One AdminListGroupsForUser."""
        with _translated_failures():
            found = self._cognito.admin_list_groups_for_user(**self._account(user_id))
        return frozenset(group["GroupName"] for group in found["Groups"])

    def disable(self, user_id: str) -> None:
        """AdminDisableUser, which also has refresh tokens refused."""
        with suppress(NotFound), _translated_failures():
            self._cognito.admin_disable_user(**self._account(user_id))

    def delete(self, user_id: str) -> None:
        """One AdminDeleteUser."""
        with suppress(NotFound), _translated_failures():
            self._cognito.admin_delete_user(**self._account(user_id))

    def _account(self, user_id: str) -> Any:
        return {"UserPoolId": self._pool_id, "Username": user_id}


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
