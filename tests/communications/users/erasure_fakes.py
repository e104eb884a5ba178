"""Erasures and accounts in memory."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from communications.users.domain.addresses import AddressTaken
from communications.users.domain.erasures import Erasure
from shared.errors import FieldError, Invalid, NotFound, Unavailable
from tests.communications.users.fakes import FakeUsers


class FakeErasures:
    def __init__(self, users: FakeUsers) -> None:
        self._users = users
        self.by_id: dict[str, Erasure] = {}

    def find(self, user_id: str) -> Erasure | None:
        return self.by_id.get(user_id)

    def begin(self, user_id: str, now: datetime) -> None:
        if user_id not in self.by_id:
            self._users.erase(user_id)
            self.by_id[user_id] = Erasure(user_id, now)

    def erased(self, user_id: str, context: str) -> Erasure | None:
        if user_id in self.by_id:
            erasure = self.by_id[user_id]
            self.by_id[user_id] = replace(erasure, erased_by=erasure.erased_by | {context})
        return self.by_id.get(user_id)

    def complete(self, user_id: str, now: datetime) -> None:
        self.by_id[user_id] = replace(self.by_id[user_id], completed_at=now)

    def open(self) -> Iterable[Erasure]:
        return sorted((e for e in self.by_id.values() if not e.completed_at), key=lambda each: each.requested_at)


class FakeAccounts:
    """By user, their groups. `fails` is how many calls are answered by nobody."""

    def __init__(self, **groups: frozenset[str]) -> None:
        self.by_id = dict(groups)
        self.disabled: list[str] = []
        self.invited: list[tuple[str, str]] = []
        self.addresses: dict[str, str] = {}
        self.used = {"ada"}
        self.fails = 0

    def invite(self, email: str, name: str) -> str:
        self.invited.append((email, name))
        if "@" not in email:
            message = "must be an e-mail address"
            raise Invalid(f"The field email {message}.", [FieldError("email", message)])
        email = email.casefold()
        if self.addresses.get(email) in self.used.union(self.disabled):
            raise AddressTaken
        user_id = self.addresses.setdefault(email, email.partition("@")[0])
        self.by_id.setdefault(user_id, frozenset())
        return user_id

    def join(self, user_id: str, group: str) -> None:
        self.by_id[user_id] = self.groups(user_id) | {group}

    def groups(self, user_id: str) -> frozenset[str]:
        if user_id not in self.by_id:
            raise NotFound("There is no such user.")
        return self.by_id[user_id]

    def disable(self, user_id: str) -> None:
        self._answer()
        self.disabled.append(user_id)

    def delete(self, user_id: str) -> None:
        self._answer()
        self.by_id.pop(user_id, None)
        self.addresses = {email: owner for email, owner in self.addresses.items() if owner != user_id}
        self.disabled = [each for each in self.disabled if each != user_id]

    def _answer(self) -> None:
        if self.fails:
            self.fails -= 1
            raise Unavailable("Nobody answers.")
