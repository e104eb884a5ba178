"""The sample users who can sign in; they sign up through the user pool's API, so that all triggers run."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from personalization.supporters.domain.consent import GIVING_HISTORY, PERSONALISATION

PASSWORD = "Almoner-local-1"  # noqa: S105  of a user pool that only this machine can reach


@dataclass(frozen=True)
class Account:
    name: str
    email: str
    groups: tuple[str, ...] = ()
    consented: tuple[str, ...] = (PERSONALISATION, GIVING_HISTORY)


@dataclass(frozen=True)
class SignedUp:
    """An account with its user id in the pool."""

    name: str
    email: str
    groups: tuple[str, ...]
    consented: tuple[str, ...]
    user_id: str


ACCOUNTS: Sequence[Account] = (
    Account("Amara Okafor", "amara.okafor@example.org"),
    Account("Ben Hughes", "ben.hughes@example.org", consented=(PERSONALISATION,)),
    Account("Carys Morgan", "carys.morgan@example.org"),
    Account("Priya Shah", "priya.shah@almoner.example", ("staff",)),
    Account("Tom Bell", "tom.bell@almoner.example", ("admin",)),
    Account("Fay Moore", "fay.moore@almoner.example", ("finance",)),
)


def sign_up(account: Account, cognito: Any, pool_id: str, client_id: str) -> SignedUp:
    """Sign up and confirm the account, unless it exists."""
    with suppress(cognito.exceptions.UsernameExistsException):
        cognito.sign_up(
            ClientId=client_id,
            Username=account.email,
            Password=PASSWORD,
            UserAttributes=[{"Name": "email", "Value": account.email}, {"Name": "name", "Value": account.name}],
        )
    user = cognito.admin_get_user(UserPoolId=pool_id, Username=account.email)
    if user["UserStatus"] == "UNCONFIRMED":
        cognito.admin_confirm_sign_up(UserPoolId=pool_id, Username=account.email)
    for group in account.groups:
        cognito.admin_add_user_to_group(UserPoolId=pool_id, Username=account.email, GroupName=group)
    user_id = next(a["Value"] for a in user["UserAttributes"] if a["Name"] == "sub")
    return SignedUp(account.name, account.email, account.groups, account.consented, user_id)
