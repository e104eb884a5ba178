"""How users are reached, as the user pool has it: read when it is needed, and never kept.

The pool changes an address only after it has been verified, so a confirmed user's is theirs, even where an admin has
confirmed the sign-up, which leaves it without the mark. Numbers are not asked for at sign-up: they need the mark.
"""

import re
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from commerce.receipts.domain.sending import Contact
from shared.aws.clients import client
from shared.aws.failures import code, unavailable_where_out_of_reach

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")


class CognitoContacts:
    def __init__(self, pool_id: str) -> None:
        self._cognito: CognitoIdentityProviderClient = client("cognito-idp")
        self._pool_id = pool_id

    def find(self, user_id: str) -> Contact | None:
        """One AdminGetUser."""
        try:
            with unavailable_where_out_of_reach():
                user = self._cognito.admin_get_user(UserPoolId=self._pool_id, Username=user_id)
        except ClientError as error:
            if code(error) == "UserNotFoundException":
                return None
            raise
        attributes = {each["Name"]: each.get("Value", "") for each in user["UserAttributes"]}
        email = attributes.get("email") if user["UserStatus"] != "UNCONFIRMED" else None
        phone = attributes.get("phone_number", "") if attributes.get("phone_number_verified") == "true" else ""
        return Contact(email=email or None, phone=phone if _E164.fullmatch(phone) else None)
