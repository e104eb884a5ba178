"""Users' accounts in a Cognito user pool."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from communications.users.domain.addresses import AddressTaken
from communications.users.domain.synchronizing import Contacts
from shared.aws.clients import client
from shared.aws.failures import code, unavailable_where_out_of_reach
from shared.errors import FieldError, Invalid, NotFound

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient


class CognitoAccounts:
    def __init__(self, pool_id: str) -> None:
        self._cognito: CognitoIdentityProviderClient = client("cognito-idp")
        self._pool_id = pool_id

    def invite(self, email: str, name: str) -> str:
        """AdminCreateUser, which mails a first password; AdminGetUser where there is an account."""
        attributes: Any = [
            {"Name": "email", "Value": email},
            {"Name": "email_verified", "Value": "true"},  # nobody signs in without what is mailed there
            {"Name": "name", "Value": name},
        ]
        try:
            with _translated_failures():
                made = self._cognito.admin_create_user(
                    UserPoolId=self._pool_id,
                    Username=email,
                    UserAttributes=attributes,
                    DesiredDeliveryMediums=["EMAIL"],
                )
            return _sub(made["User"]["Attributes"])
        except ClientError as error:
            if code(error) == "InvalidParameterException":
                message = "must be an e-mail address"
                raise Invalid(f"The field email {message}.", [FieldError("email", message)]) from error
            if code(error) != "UsernameExistsException":
                raise
        with _translated_failures():
            found = self._cognito.admin_get_user(**self._account(email))
        if found["UserStatus"] != "FORCE_CHANGE_PASSWORD" or not found["Enabled"]:
            raise AddressTaken
        return _sub(found["UserAttributes"])

    def join(self, user_id: str, group: str) -> None:
        """One AdminAddUserToGroup, which may be repeated."""
        with _translated_failures():
            self._cognito.admin_add_user_to_group(**self._account(user_id), GroupName=group)

    def contacts(self, user_id: str) -> Contacts | None:
        """One AdminGetUser."""
        try:
            with _translated_failures():
                found = self._cognito.admin_get_user(**self._account(user_id))
        except NotFound:
            return None
        attributes = {each["Name"]: each.get("Value", "") for each in found["UserAttributes"]}
        phone = attributes.get("phone_number") if attributes.get("phone_number_verified") == "true" else None
        return Contacts(attributes.get("email", ""), phone or None)

    def set_phone(self, user_id: str, phone: str | None) -> None:
        """One AdminUpdateUserAttributes. An empty value removes the attribute."""
        attributes: Any = [{"Name": "phone_number", "Value": phone or ""}]
        if phone:
            attributes.append({"Name": "phone_number_verified", "Value": "true"})  # or a code would be sent there
        with suppress(NotFound), _translated_failures():
            self._cognito.admin_update_user_attributes(**self._account(user_id), UserAttributes=attributes)

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


def _sub(attributes: Sequence[Any]) -> str:
    return next(str(attribute["Value"]) for attribute in attributes if attribute["Name"] == "sub")


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
