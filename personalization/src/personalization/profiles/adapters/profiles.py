"""What a supporter's profile shows, in DynamoDB."""

from personalization.donations.adapters.ledger import newest_donations
from personalization.donations.adapters.records import RowRecord, TotalRecord
from personalization.memory.adapters.context import ContextRecord, latest_context
from personalization.profiles.domain.profile import Profile
from personalization.supporters.adapters.records import SupporterRecord
from personalization.supporters.adapters.supporters import supporter_of
from shared.dynamodb.connection import readers


class DynamoProfiles:
    """Reads the Users, Donations and Context tables, all at once.

    Reads are consistent: somebody who has just given sees the gift.
    """

    def __init__(self, users_table: str, donations_table: str, context_table: str) -> None:
        self._users, self._contexts = SupporterRecord.at(users_table), ContextRecord.at(context_table)
        self._rows, self._totals = RowRecord.at(donations_table), TotalRecord.at(donations_table)

    def find(self, user_id: str, *, anonymous: bool) -> Profile | None:
        """One GetItem and three Queries in one round; about 4 RCU with a full first page of donations."""
        donations = newest_donations(self._rows, self._totals, user_id, anonymous=anonymous)
        context = readers().submit(latest_context, self._contexts, user_id)
        supporter = supporter_of(self._users, user_id)
        newest, latest = donations(), context.result()  # of nobody too: Lambda freezes what still runs
        return Profile(supporter, newest, latest) if supporter else None
