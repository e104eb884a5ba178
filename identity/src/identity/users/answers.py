"""What admins receive about users."""

from dataclasses import dataclass
from datetime import datetime

from identity.users.domain.users import Group, User, UserPage
from shared.http.cursors import Cursors


@dataclass(frozen=True, slots=True)
class UserAnswer:
    user_id: str
    email: str
    name: str
    groups: tuple[Group, ...]
    enabled: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class UsersAnswer:
    items: tuple[UserAnswer, ...]
    next_cursor: str | None


def user_answer(user: User) -> UserAnswer:
    return UserAnswer(user.user_id, user.email, user.name, user.groups, user.enabled, user.created_at)


def users_answer(page: UserPage, scope: str, cursors: Cursors) -> UsersAnswer:
    return UsersAnswer(tuple(map(user_answer, page.users)), cursors.make(scope, page.next_position))
