"""People in DynamoDB."""

from collections.abc import Mapping, Sequence

from personalization.supporters.adapters.records import SupporterRecord
from shared.people.person import Person


class DynamoPeople:
    """Reads the Users table."""

    def __init__(self, users_table: str) -> None:
        self._users = SupporterRecord.at(users_table)

    def find(self, user_ids: Sequence[str]) -> Mapping[str, Person]:
        """One consistent BatchGetItem for each hundred."""
        return {each.user_id: Person(each.user_id, each.name, each.email) for each in self._users.find_many(user_ids)}
