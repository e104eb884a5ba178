"""Supporters in DynamoDB."""

from personalization.supporters.adapters.records import SupporterRecord
from personalization.supporters.domain.supporter import Supporter
from shared.dynamodb.records import ConditionFailed
from shared.errors import VersionConflict


class DynamoSupporters:
    """The Users table."""

    def __init__(self, users_table: str) -> None:
        self._users = SupporterRecord.at(users_table)

    def add(self, supporter: Supporter) -> bool:
        """One conditional put."""
        try:
            self._users.of(supporter).put(SupporterRecord.user_id.does_not_exist())
        except ConditionFailed:
            return False
        return True

    def replace(self, supporter: Supporter) -> None:
        """One put, conditional on the version before."""
        try:
            self._users.of(supporter).put(SupporterRecord.version == supporter.version - 1)
        except ConditionFailed as error:
            raise VersionConflict from error


def supporter_of(users: type[SupporterRecord], user_id: str) -> Supporter | None:
    """One GetItem."""
    record = users.find(user_id)
    return record.to_supporter() if record else None
