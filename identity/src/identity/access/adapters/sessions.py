"""The sessions of a Cognito user pool: what its refresh tokens stand for."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from shared.aws.clients import client
from shared.aws.failures import code, unavailable_where_out_of_reach
from shared.errors import NotFound

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient


class CognitoSessions:
    def __init__(self, pool_id: str) -> None:
        self._cognito: CognitoIdentityProviderClient = client("cognito-idp")
        self._pool_id = pool_id

    def revoke(self, user_id: str) -> None:
        """One AdminUserGlobalSignOut, which may be repeated."""
        try:
            with unavailable_where_out_of_reach():
                self._cognito.admin_user_global_sign_out(UserPoolId=self._pool_id, Username=user_id)
        except ClientError as error:
            if code(error) == "UserNotFoundException":
                raise NotFound("There is no such user.") from error
            raise
