"""Supporters, and what their profile shows, in DynamoDB."""

from personalization.supporters.adapters.items import supporter_in, supporter_item
from personalization.supporters.domain.supporter import Supporter
from shared.dynamodb.tables import ConditionFailed, Table, attribute
from shared.errors import VersionConflict


class DynamoSupporters:
    """The Users table."""

    def __init__(self, users_table: str) -> None:
        self._users = Table(users_table)

    def add(self, supporter: Supporter) -> bool:
        """One conditional put."""
        try:
            self._users.put(supporter_item(supporter), attribute("userId").missing())
        except ConditionFailed:
            return False
        return True

    def replace(self, supporter: Supporter) -> None:
        """One put, conditional on the version before."""
        try:
            self._users.put(supporter_item(supporter), attribute("version") == supporter.version - 1)
        except ConditionFailed as refused:
            raise VersionConflict from refused


def supporter_of(users: Table, user_id: str) -> Supporter | None:
    """One GetItem."""
    item = users.get({"userId": user_id})
    return supporter_in(item) if item else None
