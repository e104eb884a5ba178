"""Users in memory."""

from collections.abc import Sequence

from communications.users.domain.addresses import AddressTaken, email_key
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
        if email_key(user.email) in self.owners:
            raise AddressTaken
        self.by_id[user.user_id] = user
        if also:
            committed(also)
        self.owners[email_key(user.email)] = user.user_id
        return True

    def replace(self, user: User, before: User) -> None:
        stored = self.by_id.get(user.user_id)
        if stored is None or stored.version != before.version:
            raise VersionConflict("user", before.version)
        self.by_id[user.user_id] = user

    def erase(self, user_id: str) -> None:
        self.erased.add(user_id)
        self.by_id.pop(user_id, None)
        self.owners = {address: owner for address, owner in self.owners.items() if owner != user_id}

    def page(self, words: Sequence[str], after: str | None, limit: int) -> PersonPage:
        return page_of([user.person for user in self.by_id.values()], words, after, limit)
