"""The user pool owns addresses: records follow what it says, whatever broke off before."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from communications.users.domain.addresses import AddressTaken, PhoneTaken, keys_of
from communications.users.domain.users import User, UserRecords
from shared.errors import Unavailable, VersionConflict
from shared.persistence.unit_of_work import Write

_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Contacts:
    """The addresses of an account: `phone` is None, and `email` empty, where there is none. Numbers are verified."""

    email: str = ""
    phone: str | None = None


class AccountContacts(Protocol):
    """Of the user pool. Every method raises Unavailable."""

    def contacts(self, user_id: str) -> Contacts | None:
        """None where there is no account."""
        ...

    def set_phone(self, user_id: str, phone: str | None) -> None:
        """A number that was verified, or none."""
        ...


class Later(Protocol):
    def synchronize(self, user_id: str) -> None:
        """Have the record follow the account in a minute, whatever happens until then. Raises Unavailable."""
        ...


@dataclass(frozen=True, slots=True)
class Synchronizing:
    """`clock` is read when something is written."""

    records: UserRecords
    accounts: AccountContacts
    later: Later
    clock: Callable[[], datetime]

    def add(self, user: User, also: Write | None = None) -> bool:
        """As records do, but a record that holds the address of this account without owning it gives way.

        False also for an account that is gone. Raises KeyInUse; Unavailable.
        """
        for _ in range(_ATTEMPTS):
            try:
                return self.records.add(user, also)
            except AddressTaken:
                contacts = self.accounts.contacts(user.user_id)
                if contacts is None:
                    return False
                if keys_of(contacts.email, None) == keys_of(user.email, None):
                    self._make_way(user)
                else:  # it has changed since
                    user = replace(user, email=contacts.email)
        raise Unavailable("The address keeps changing hands; try again.")

    def follow(self, user_id: str) -> User | None:
        """Write the addresses of the account into the record; the record as it is then, None where there is none.

        May be repeated. Raises PhoneTaken, and gives the account its former number back, where the new one is another
        user's; Unavailable.
        """
        for _ in range(_ATTEMPTS):
            user = self.records.find(user_id)
            if user is None:
                return None
            following = self._following(user)
            if following == user:
                return user
            try:
                self.records.replace(following, user)
            except VersionConflict:
                continue
            except AddressTaken:
                self._make_way(following, former_phone=user.phone)
            else:
                return following
        raise Unavailable("The record keeps changing; try again.")

    def _make_way(self, user: User, former_phone: str | None = None) -> None:
        """Have records give up the addresses of this user that are theirs no longer.

        Raises PhoneTaken; Unavailable where the user pool still says that an e-mail address is another user's.
        """
        for key in sorted(keys_of(user.email, user.phone)):
            holder = self.records.owner(key)
            if holder is None or holder == user.user_id:
                continue
            self.later.synchronize(holder)  # first: what follows may break off
            contacts = self.accounts.contacts(holder) or Contacts()
            if key not in keys_of(contacts.email, contacts.phone):
                self._displace(holder, contacts, key)
            elif key in keys_of("", user.phone):
                self.accounts.set_phone(user.user_id, former_phone)
                raise PhoneTaken
            else:
                raise Unavailable("The address still belongs to another user; try again.")

    def _displace(self, user_id: str, contacts: Contacts, key: str) -> None:
        """Their own addresses may be held by others, whom `later` has give way in turn."""
        user = self.records.find(user_id)
        if user is None:
            return
        without = Contacts(
            "" if key in keys_of(user.email, None) else user.email,
            None if key in keys_of("", user.phone) else user.phone,
        )
        for wanted in (contacts, without):
            try:
                self.records.replace(_with_contacts(user, wanted, self.clock()), user)
            except AddressTaken:
                continue
            except VersionConflict:
                return
            return

    def _following(self, user: User) -> User:
        return _with_contacts(user, self.accounts.contacts(user.user_id) or Contacts(), self.clock())


def _with_contacts(user: User, contacts: Contacts, now: datetime) -> User:
    """Nobody without a number gets texts."""
    if contacts == Contacts(user.email, user.phone):
        return user
    channels = replace(user.settings.channels, sms=user.settings.channels.sms and contacts.phone is not None)
    return replace(
        user,
        email=contacts.email,
        phone=contacts.phone,
        settings=replace(user.settings, channels=channels),
        version=user.version + 1,
        updated_at=now,
    )
