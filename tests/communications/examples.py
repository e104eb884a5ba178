"""People and things of tests."""

from datetime import UTC, datetime, time

from communications.users.domain.users import Channels, Digest, QuietHours, Settings, User

NOW = datetime(2026, 2, 3, 4, 5, 6, 789000, tzinfo=UTC)


def a_user(
    user_id: str = "ada",
    name: str = "Ada Lovelace",
    settings: Settings | None = None,
    phone: str | None = "+447700900123",
) -> User:
    first, _, last = name.partition(" ")
    return User(
        user_id=user_id,
        email=f"{user_id}@example.org",
        first_name=first,
        last_name=last,
        phone=phone,
        settings=settings or NIGHTLY,
        created_at=NOW,
        updated_at=NOW,
        version=3,
    )


NIGHTLY = Settings(
    Channels(email=True, sms=True, push=False), QuietHours(time(22), time(7), "Europe/London"), "en", Digest.DAILY
)
