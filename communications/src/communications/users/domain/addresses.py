"""Addresses, of which each belongs to one user at most."""

from shared.errors import Conflict


class AddressTaken(Conflict):
    """Nothing was written."""

    def __init__(self) -> None:
        super().__init__("The address belongs to another user.")


def email_key(email: str) -> str:
    """The same for an address in whatever case, as the user pool has it."""
    return f"email:{email.casefold()}"


def phone_key(phone: str) -> str:
    return f"phone:{phone}"
