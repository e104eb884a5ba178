"""A user pool in memory, which keeps the contract of the one in Cognito."""

from collections.abc import Iterable
from dataclasses import replace

from identity.users.domain.users import Group, User, UserPage
from shared.errors import NotFound


class MemoryPool:
    def __init__(self, users: Iterable[User] = ()) -> None:
        self.users = {user.user_id: user for user in users}
        self.changes: list[tuple[str, str, Group]] = []

    def find(self, user_id: str) -> User:
        if user_id not in self.users:
            raise NotFound("There is no such user.")
        return self.users[user_id]

    def page(self, prefix: str | None, after: str | None, limit: int) -> UserPage:
        matching = [user for user in self.users.values() if prefix is None or user.matches(prefix)]
        start = int(after or 0)
        following = str(start + limit) if start + limit < len(matching) else None
        return UserPage(tuple(matching[start : start + limit]), following)

    def members(self, group: Group) -> list[User]:
        return [user for user in self.users.values() if group in user.groups]

    def join(self, user_id: str, group: Group) -> None:
        self.changes.append(("join", user_id, group))
        user = self.users[user_id]
        self.users[user_id] = replace(user, groups=tuple(sorted({*user.groups, group})))

    def leave(self, user_id: str, group: Group) -> None:
        self.changes.append(("leave", user_id, group))
        user = self.users[user_id]
        self.users[user_id] = replace(user, groups=tuple(each for each in user.groups if each != group))
