"""Supporters, and what their profile shows, in DynamoDB."""

from collections.abc import Callable

from personalization.adapters.items import context_in, supporter_in, supporter_item
from personalization.adapters.ledger import ledger_page, ledger_totals
from personalization.domain.context import SupporterContext
from personalization.domain.donations import PAGE_SIZE, DonationPage
from personalization.domain.profile import Profile
from personalization.domain.supporter import StaleVersionError, Supporter
from shared.dynamodb import ConditionFailed, Table, attribute, readers


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
            raise StaleVersionError from refused


class DynamoProfiles:
    """Reads the Users, Donations and Context tables, all at once.

    Reads are consistent: somebody who has just given sees the gift.
    """

    def __init__(self, users_table: str, donations_table: str, context_table: str) -> None:
        self._users, self._donations, self._contexts = Table(users_table), Table(donations_table), Table(context_table)

    def find(self, user_id: str, *, anonymous: bool) -> Profile | None:
        """One GetItem and three Queries in one round; about 4 RCU with a full first page of donations."""
        donations = newest_donations(self._donations, user_id, anonymous=anonymous)
        context = readers().submit(latest_context, self._contexts, user_id)
        supporter = supporter_of(self._users, user_id)
        newest, latest = donations(), context.result()  # of nobody too: Lambda freezes what still runs
        return Profile(supporter, newest, latest) if supporter else None


def supporter_of(users: Table, user_id: str) -> Supporter | None:
    """One GetItem."""
    item = users.get({"userId": user_id})
    return supporter_in(item) if item else None


def newest_donations(donations: Table, user_id: str, *, anonymous: bool) -> Callable[[], DonationPage]:
    """Start reading the first page and the totals, in one round; call what it returns when both are needed.

    A gift that is made between the two reads may be in one of them only, until the next request.
    """
    page = readers().submit(ledger_page, donations, user_id, anonymous=anonymous, after=None, limit=PAGE_SIZE)
    totals = readers().submit(ledger_totals, donations, user_id, anonymous=anonymous)

    def result() -> DonationPage:
        read, sums = page.result(), totals.result()
        return DonationPage(read.items, sums, read.next_position)

    return result


def latest_context(contexts: Table, user_id: str) -> SupporterContext:
    """One Query of one row."""
    newest = contexts.query(attribute("userId") == user_id, newest_first=True, limit=1)
    return context_in(newest[0]) if newest else SupporterContext()
