"""Users in memory."""

from communications.users.domain.addresses import AddressTaken, email_key
from communications.users.domain.users import User


class FakeUsers:
    def __init__(self, *users: User) -> None:
        self.by_id: dict[str, User] = {}
        self.owners: dict[str, str] = {}
        for user in users:
            self.add(user)

    def find(self, user_id: str) -> User | None:
        return self.by_id.get(user_id)

    def add(self, user: User) -> bool:
        if user.user_id in self.by_id:
            return False
        if email_key(user.email) in self.owners:
            raise AddressTaken
        self.by_id[user.user_id] = user
        self.owners[email_key(user.email)] = user.user_id
        return True
