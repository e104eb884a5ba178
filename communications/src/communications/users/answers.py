"""What users receive about users."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from communications.users.domain.users import Channels, Digest, QuietHours, User, UserPage
from shared.http.cursors import Cursors


@dataclass(frozen=True, slots=True)
class SettingsAnswer:
    """`quiet_hours`: `{"from": "22:00", "to": "07:00", "timeZone": "Europe/London"}`, or null."""

    channels: Channels
    quiet_hours: dict[str, Any] | None
    language: str
    digest: Digest


@dataclass(frozen=True, slots=True)
class UserAnswer:
    user_id: str
    email: str
    first_name: str
    last_name: str
    phone: str | None
    settings: SettingsAnswer
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class UsersAnswer:
    items: tuple[UserAnswer, ...]
    next_cursor: str | None


def users_scope(query: str | None) -> str:
    """The scope of cursors of a search."""
    return f"users:{json.dumps(query)}"


def users_answer(query: str | None, page: UserPage, cursors: Cursors) -> UsersAnswer:
    return UsersAnswer(tuple(map(user_answer, page.users)), cursors.make(users_scope(query), page.next_position))


def user_answer(user: User) -> UserAnswer:
    settings = user.settings
    return UserAnswer(
        user.user_id,
        user.email,
        user.first_name,
        user.last_name,
        user.phone,
        SettingsAnswer(settings.channels, _quiet_hours(settings.quiet_hours), settings.language, settings.digest),
        user.version,
        user.created_at,
        user.updated_at,
    )


def _quiet_hours(hours: QuietHours | None) -> dict[str, Any] | None:
    if hours is None:
        return None
    return {
        "from": hours.start.isoformat("minutes"),
        "to": hours.end.isoformat("minutes"),
        "timeZone": hours.zone,
    }
