"""Users."""

from datetime import UTC, datetime

from identity.users.domain.users import Group, User

NOW = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)


def a_user(name: str, *groups: Group, user_id: str = "") -> User:
    """Ada Lovelace, whose id is ada, and who is ada@example.org."""
    first = name.partition(" ")[0].lower()
    return User(user_id or first, f"{first}@example.org", name, groups, enabled=True, created_at=NOW)
