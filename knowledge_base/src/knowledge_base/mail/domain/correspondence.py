"""Who writes, and what was written by mail so far."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from knowledge_base.mail.domain.parsing import Mail

KEPT = timedelta(days=730)


class Standing(StrEnum):
    """What is certain about a sender: they have an account; the address is theirs; nothing."""

    USER = "user"
    VERIFIED = "verified"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True)
class Correspondent:
    """`user_id` is the account's. Strangers have an id of their own, which nobody can sign in with.

    Whoever only claims an address has another id than its owner, so neither sees nor touches what is the other's.
    """

    user_id: str
    standing: Standing
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail of a ticket, in or out. `message_id` is as others refer to it, `key` the object's in the bucket.

    `standing` is that of whoever wrote it, or gets it.
    """

    user_id: str
    letter_id: str
    ticket_id: str
    address: str
    standing: Standing
    message_id: str | None
    key: str | None
    at: datetime

    @property
    def expires_at(self) -> datetime:
        return self.at + KEPT


def letter_id_of(message_id: str) -> str:
    return hashlib.sha256(message_id.encode(errors="surrogatepass")).hexdigest()


def letter_id_of_mail(mail: Mail) -> str:
    """The same for a mail that was delivered twice; by its words, where it has no Message-ID."""
    return letter_id_of(mail.message_id or f"{mail.sender}\n{mail.subject}\n{mail.text}")


class Accounts(Protocol):
    """Every method raises Unavailable."""

    def user_of(self, address: str) -> str | None:
        """The id of the user whose verified address it is."""
        ...

    def address_of(self, user_id: str) -> str | None:
        """Verified; None for whoever has no account, or may not sign in any more."""
        ...

    def last_address_of(self, user_id: str) -> str | None:
        """Verified, also of whoever may not sign in any more; None without an account."""
        ...


class Strangers(Protocol):
    """Ids of those who write without an account, one for each address and standing. Every method raises Unavailable."""

    def id_of(self, address: str, standing: Standing, received_at: datetime) -> str | None:
        """A new one the first time, and after an erasure. None for a mail that was received before it."""
        ...

    def leave(self, user_id: str, address: str, at: datetime) -> None:
        """The address was this user's until then: ids that it had belong to what is erased with them.

        Whoever writes from there afterwards gets another id.
        """
        ...

    def erase_address(self, address: str, at: datetime, now: datetime) -> bool:
        """Have everything erased that was received from there until `at`. Whether nothing is left."""
        ...

    def erase_user(self, user_id: str, now: datetime) -> tuple[datetime, bool]:
        """Have everything erased of ids that addresses of this user had. Since when, and whether nothing is left."""
        ...


class Letters(Protocol):
    """Every method raises Unavailable."""

    def find(self, user_id: str, letter_ids: Sequence[str]) -> Sequence[Letter]:
        """Those that exist, in this order."""
        ...

    def of_tickets(self, user_id: str, ticket_ids: Sequence[str]) -> Sequence[Letter]:
        """The oldest first."""
        ...

    def add(self, letter: Letter) -> bool:
        """False if there is one with this id, which stays. Raises NotFound for whoever was erased."""
        ...

    def count(self, user_id: str, now: datetime) -> int:
        """One more mail in this hour; how many there are."""
        ...
