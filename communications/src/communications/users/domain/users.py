"""Users: how they can be reached, and how they want to be."""

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from typing import Protocol

from shared.auth.callers import Caller
from shared.errors import NotFound
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
    """`phone` is a verified number, as E.164 has it. `version` counts the changes, from 1."""

    user_id: str
    email: str
    first_name: str
    last_name: str
    created_at: datetime
    updated_at: datetime
    phone: str | None = None
    settings: Settings = Settings()
    version: int = 1

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class Users(Protocol):
    """Every method raises Unavailable."""

    def find(self, user_id: str) -> User | None: ...

    def add(self, user: User) -> bool:
        """Add a new user; False, and nothing changed, if there is one with this id. Raises AddressTaken."""
        ...


def register(user_id: str, name: object, email: str, registered_at: datetime, users: Users) -> bool:
    """Create the record of somebody who signed up, under any name. A repeated or late registration changes nothing.

    Cognito has one name. Its first word is the first name, and the rest the last: "Ana", "María Ruiz". That is wrong
    for some, who can correct it.
    """
    first_name, _, last_name = registered_name(name).partition(" ")
    return users.add(
        User(
            user_id=user_id,
            email=email,
            first_name=first_name,
            last_name=last_name,
            created_at=registered_at,
            updated_at=registered_at,
        )
    )


def read_user(caller: Caller, user_id: str, users: Users) -> User:
    """One's own record (`me` or one's id); staff read everybody's. Raises NotFound; Unavailable."""
    if user_id == "me":
        user_id = caller.user_id
    caller.require_access_to(user_id)
    user = users.find(user_id)
    if user is None:
        raise NotFound("There is no such user.")
    return user
