"""What users may do in a Cognito user pool with their access token, which is all the permission that it takes."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from communications.users.domain.address_changes import Kind, WrongCode
from communications.users.domain.addresses import PHONE_NUMBER, AddressTaken
from shared.aws.clients import client
from shared.aws.failures import code, unavailable_where_out_of_reach
from shared.errors import FieldError, Invalid, TooManyRequests, Unauthenticated, Unavailable

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

_ATTRIBUTES: Mapping[Kind, str] = {Kind.EMAIL: "email", Kind.PHONE: "phone_number"}
_EXAMPLES: Mapping[Kind, str] = {
    Kind.EMAIL: "must be an e-mail address",
    Kind.PHONE: f"must be {PHONE_NUMBER}",
}
_TOO_MANY = frozenset({"LimitExceededException", "TooManyFailedAttemptsException", "TooManyRequestsException"})
_SIGNED_OUT = frozenset(
    {
        "NotAuthorizedException",
        "PasswordResetRequiredException",
        "UserNotConfirmedException",
        "UserNotFoundException",
    }
)
_WRONG = frozenset({"CodeMismatchException", "ExpiredCodeException"})
_RETRY_SECONDS = 60


class CognitoOwnAccount:
    def __init__(self) -> None:
        self._cognito: CognitoIdentityProviderClient = client("cognito-idp")

    def request_change(self, access_token: str, kind: Kind, address: str) -> None:
        """One UpdateUserAttributes."""
        changed: Any = {"Name": _ATTRIBUTES[kind], "Value": address}
        try:
            with _translated_failures():
                self._cognito.update_user_attributes(AccessToken=access_token, UserAttributes=[changed])
        except ClientError as error:
            if code(error) == "InvalidParameterException":
                raise Invalid(
                    f"The field {kind} {_EXAMPLES[kind]}.", [FieldError(kind.value, _EXAMPLES[kind])]
                ) from error
            if code(error) == "CodeDeliveryFailureException":
                raise Unavailable("The code could not be sent; try again.", _RETRY_SECONDS) from error
            raise

    def verify(self, access_token: str, kind: Kind, code: str) -> None:
        """One VerifyUserAttribute."""
        with _translated_failures():
            self._cognito.verify_user_attribute(AccessToken=access_token, AttributeName=_ATTRIBUTES[kind], Code=code)


@contextmanager
def _translated_failures() -> Iterator[None]:
    """Raises AddressTaken; WrongCode; Unauthenticated; TooManyRequests; Unavailable."""
    try:
        with unavailable_where_out_of_reach():
            try:
                yield
            except ClientError as error:
                if code(error) in _TOO_MANY:
                    raise TooManyRequests("That was tried too often; try again later.", _RETRY_SECONDS) from error
                raise
    except ClientError as error:
        if code(error) == "AliasExistsException":
            raise AddressTaken from error
        if code(error) in _WRONG:
            raise WrongCode from error
        if code(error) in _SIGNED_OUT:
            raise Unauthenticated("The access token is not accepted any more: sign in again.") from error
        raise
