"""Addresses, of which each belongs to one user at most."""

from shared.errors import Conflict

E164 = r"\+[1-9][0-9]{6,14}"
"""The pattern of a phone number, such as +447700900123."""

PHONE_NUMBER = "a phone number: +, the code of the country, and the number without its first 0 and without spaces"
"""What people read of that pattern."""


class AddressTaken(Conflict):
    """Nothing was written."""

    def __init__(self) -> None:
        super().__init__("The address belongs to another user.")


class PhoneTaken(AddressTaken):
    """Another user has verified the number."""


def email_key(email: str) -> str:
    """The same for an address in whatever case, as the user pool has it."""
    return f"email:{email.casefold()}"


def phone_key(phone: str) -> str:
    return f"phone:{phone}"


def keys_of(email: str, phone: str | None) -> frozenset[str]:
    """Of those that there are."""
    return frozenset([*([email_key(email)] if email else []), *([phone_key(phone)] if phone else [])])
