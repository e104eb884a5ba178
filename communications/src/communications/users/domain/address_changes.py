"""Changing one's e-mail address or phone number: it counts once its owner has given the code that was sent there."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from communications.users.domain.synchronizing import Synchronizing
from communications.users.domain.users import User, Users
from shared.errors import Conflict, FieldError, Invalid, NotFound


class Kind(StrEnum):
    """Of addresses, by the names of fields."""

    EMAIL = "email"
    PHONE = "phone"


class WrongCode(Invalid):
    def __init__(self) -> None:
        message = "is wrong or has expired: check it, or ask for a new one"
        super().__init__(f"The field code {message}.", [FieldError("code", message)])


class PhonesOff(Conflict):
    def __init__(self) -> None:
        super().__init__("Phone numbers are off in this environment: it sends no SMS.")


class OwnAccount(Protocol):
    """What users may do with their access token in the user pool.

    Every method raises Unauthenticated where the token is not accepted any more; TooManyRequests; Unavailable.
    """

    def request_change(self, access_token: str, kind: Kind, address: str) -> None:
        """Send a code there; until it is given, the address before stays in force.

        Raises AddressTaken; Invalid for what is no address.
        """
        ...

    def verify(self, access_token: str, kind: Kind, code: str) -> None:
        """The address for which a code was sent last is in force. Raises WrongCode; AddressTaken."""
        ...


@dataclass(frozen=True, slots=True)
class AddressChanges:
    users: Users
    account: OwnAccount
    synchronizing: Synchronizing
    has_sms: bool

    def request(self, user_id: str, access_token: str, kind: Kind, address: str) -> None:
        """Raises NotFound; PhonesOff; AddressTaken; Invalid; Unauthenticated; TooManyRequests; Unavailable."""
        self._require(user_id, kind)
        self.account.request_change(access_token, kind, address)

    def confirm(self, user_id: str, access_token: str, kind: Kind, code: str) -> None:
        """Verify the address, then have the record follow.

        Where that broke off, a repetition writes the record, although the code is used by then; so does what is due
        later.

        Raises NotFound; PhonesOff; WrongCode; AddressTaken; Unauthenticated; TooManyRequests; Unavailable.
        """
        before = self._require(user_id, kind)
        self.synchronizing.later.synchronize(user_id)
        try:
            self.account.verify(access_token, kind, code)
        except WrongCode:
            after = self.synchronizing.follow(user_id)
            if after is None or _address(after, kind) == _address(before, kind):
                raise
        else:
            self.synchronizing.follow(user_id)

    def _require(self, user_id: str, kind: Kind) -> User:
        if kind is Kind.PHONE and not self.has_sms:
            raise PhonesOff
        user = self.users.find(user_id)
        if user is None:
            raise NotFound("There is no such user.")
        return user


def _address(user: User, kind: Kind) -> str | None:
    return user.email if kind is Kind.EMAIL else user.phone
