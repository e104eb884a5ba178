"""People and things of tests."""

import zlib
from datetime import UTC, datetime, time

from communications.users.domain.users import Channels, Digest, QuietHours, Settings, User

NOW = datetime(2026, 2, 3, 4, 5, 6, 789000, tzinfo=UTC)


def number_of(user_id: str) -> str:
    return f"+447700{zlib.crc32(user_id.encode()) % 10**6:06}"


def a_user(
    user_id: str = "ada",
    name: str = "Ada Lovelace",
    settings: Settings | None = None,
    phone: str | None = "",
) -> User:
    """With a number of their own; None for none."""
    first, _, last = name.partition(" ")
    return User(
        user_id=user_id,
        email=f"{user_id}@example.org",
        first_name=first,
        last_name=last,
        phone=number_of(user_id) if phone == "" else phone,
        settings=settings or NIGHTLY,
        created_at=NOW,
        updated_at=NOW,
        version=3,
    )


NIGHTLY = Settings(
    Channels(email=True, sms=True, push=False), QuietHours(time(22), time(7), "Europe/London"), "en", Digest.DAILY
)
