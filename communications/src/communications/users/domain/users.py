"""Users: how they can be reached, and how they want to be."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from enum import StrEnum
from typing import Protocol

from shared.auth.callers import Caller
from shared.errors import FieldError, Invalid, NotFound, VersionConflict
from shared.people.finding import Directory, find_people
from shared.people.person import Person
from shared.persistence.unit_of_work import Write
from shared.text.names import registered_name


class Digest(StrEnum):
    OFF = "off"
    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True)
class Channels:
    """What may be used to reach somebody outside of the site."""

    email: bool = True
    sms: bool = False
    push: bool = False


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `start` to `end`, by the clocks of `zone` (an IANA name); over midnight where `end` is the earlier one."""

    start: time
    end: time
    zone: str


@dataclass(frozen=True, slots=True)
class Settings:
    """`language` is that of notifications, as BCP 47 has it."""

    channels: Channels = Channels()
    quiet_hours: QuietHours | None = None
    language: str = "en"
    digest: Digest = Digest.OFF


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """`phone` is a verified number, as E.164 has it. `version` counts the changes, from 1. `email` is empty while the
    address has gone to somebody else and the user's own is not read yet.

    `invited_by` is the id of who has made the account; None of those who have signed up.
    """

    user_id: str
    email: str
    first_name: str
    last_name: str
    created_at: datetime
    updated_at: datetime
    phone: str | None = None
    settings: Settings = Settings()
    invited_by: str | None = None
    version: int = 1

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def person(self) -> Person:
        return Person(self.user_id, self.name, self.email)


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What users say about themselves."""

    first_name: str
    last_name: str
    settings: Settings


@dataclass(frozen=True, slots=True)
class UserPage:
    """`next_position` is where the next page begins; None after the last."""

    users: tuple[User, ...]
    next_position: str | None


class Users(Protocol):
    """Every method raises Unavailable."""

    def find(self, user_id: str) -> User | None: ...

    def find_many(self, user_ids: Sequence[str]) -> Sequence[User]:
        """Those who are there, in this order."""
        ...


class NewUsers(Protocol):
    def add(self, user: User, also: Write | None = None) -> bool:
        """Add a new user, without a number; False, and nothing changed, if there is one with this id, or was.

        `also` is written with it. Raises AddressTaken; KeyInUse; Unavailable.
        """
        ...


class UserRecords(Users, NewUsers, Protocol):
    """Of which each has an address of its own. Every method raises Unavailable."""

    def replace(self, user: User, before: User) -> None:
        """Replace the previous version, which was `before`, and give up the addresses that it does not have any more.

        Raises VersionConflict; AddressTaken.
        """
        ...

    def owner(self, address_key: str) -> str | None:
        """The id of the user whom an address belongs to."""
        ...


def signed_up(user_id: str, name: object, email: str, registered_at: datetime) -> User:
    """The first record of somebody who signed up, under any name.

    Cognito has one name. Its first word is the first name, and the rest the last: "Ana", "María Ruiz". That is wrong
    for some, who can correct it.
    """
    first_name, _, last_name = registered_name(name).partition(" ")
    return User(
        user_id=user_id,
        email=email,
        first_name=first_name,
        last_name=last_name,
        created_at=registered_at,
        updated_at=registered_at,
    )


def read_user(caller: Caller, user_id: str, users: Users) -> User:
    """One's own record (`me` or one's id); staff read everybody's. Raises NotFound; Unavailable."""
    user_id = concerned(caller, user_id)
    user = users.find(user_id)
    if user is None:
        raise NotFound("There is no such user.")
    return user


def update_user(
    caller: Caller, user_id: str, seen_version: int, details: Details, users: UserRecords, now: datetime
) -> User:
    """Change one's own record; staff change everybody's. The same details change nothing.

    Raises NotFound; VersionConflict; Invalid where SMS are wanted and no number is verified; Unavailable.
    """
    user = read_user(caller, user_id, users)
    if user.version != seen_version:
        raise VersionConflict("user", seen_version)
    changed = replace(user, first_name=details.first_name, last_name=details.last_name, settings=details.settings)
    require_number_for_texts(changed.settings, user.phone)
    if changed == user:
        return user
    changed = replace(changed, version=user.version + 1, updated_at=now)
    users.replace(changed, user)
    return changed


def require_number_for_texts(settings: Settings, phone: str | None) -> None:
    """Raises Invalid where SMS are wanted and no number is verified."""
    if settings.channels.sms and phone is None:
        message = "needs a verified phone number: confirm one first"
        raise Invalid(f"The field settings.channels.sms {message}.", [FieldError("settings.channels.sms", message)])


def find_users(directory: Directory, users: Users, query: str | None, after: str | None, limit: int) -> UserPage:
    """Users whose names or addresses have words that begin with those of the query; all without one."""
    page = find_people(directory, query, after, limit)
    return UserPage(tuple(users.find_many([person.user_id for person in page.items])), page.next_position)


def concerned(caller: Caller, user_id: str) -> str:
    """Whose id is meant: `me` is the caller's own. Raises NotFound for somebody's who is not theirs."""
    if user_id == "me":
        return caller.user_id
    caller.require_access_to(user_id)
    return user_id
