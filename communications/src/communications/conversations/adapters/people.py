"""Who is here, by the Users table."""

from collections.abc import Collection, Mapping

from communications.users.adapters.records import UserRecord


class DynamoPeople:
    def __init__(self, users_table: str) -> None:
        self._users = UserRecord.at(users_table)

    def names(self, user_ids: Collection[str]) -> Mapping[str, str]:
        """One consistent BatchGetItem for each hundred."""
        found = self._users.find_many(sorted(user_ids)) if user_ids else []
        return {user.user_id: user.to_user().name for user in found}
