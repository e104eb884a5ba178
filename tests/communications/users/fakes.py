"""Users in memory."""

from collections.abc import Sequence, Set

from communications.users.domain.addresses import AddressTaken, keys_of
from communications.users.domain.users import User
from shared.errors import VersionConflict
from shared.people.finding import PersonPage
from shared.persistence.unit_of_work import Write
from tests.shared.directory import page_of
from tests.shared.first_answers import FakeRecords
from tests.shared.persistence.fake_transactions import committed


class FakeUsers:
    def __init__(self, *users: User) -> None:
        self.by_id: dict[str, User] = {}
        self.owners: dict[str, str] = {}
        self.erased = set[str]()
        self.first_answers = FakeRecords()
        for user in users:
            self.add(user)

    def find(self, user_id: str) -> User | None:
        return self.by_id.get(user_id)

    def find_many(self, user_ids: Sequence[str]) -> Sequence[User]:
        return [self.by_id[user_id] for user_id in user_ids if user_id in self.by_id]

    def add(self, user: User, also: Write | None = None) -> bool:
        if user.user_id in self.by_id or user.user_id in self.erased:
            return False
        self._move(user, frozenset(), keys_of(user.email, user.phone))
        self.by_id[user.user_id] = user
        if also:
            committed(also)
        return True

    def replace(self, user: User, before: User) -> None:
        stored = self.by_id.get(user.user_id)
        if stored is None or stored.version != before.version:
            raise VersionConflict("user", before.version)
        self._move(user, keys_of(before.email, before.phone), keys_of(user.email, user.phone))
        self.by_id[user.user_id] = user

    def owner(self, address_key: str) -> str | None:
        return self.owners.get(address_key)

    def _move(self, user: User, held: Set[str], wanted: Set[str]) -> None:
        if any(self.owners.get(key, user.user_id) != user.user_id for key in held ^ wanted):
            raise AddressTaken
        for key in held - wanted:
            self.owners.pop(key, None)
        self.owners |= dict.fromkeys(wanted - held, user.user_id)

    def erase(self, user_id: str) -> None:
        self.erased.add(user_id)
        self.by_id.pop(user_id, None)
        self.owners = {address: owner for address, owner in self.owners.items() if owner != user_id}

    def page(self, words: Sequence[str], after: str | None, limit: int) -> PersonPage:
        return page_of([user.person for user in self.by_id.values()], words, after, limit)
