"""Supporters, donations and context in DynamoDB."""

from collections.abc import Callable

from pynamodb.exceptions import PutError

from personalization.adapters.items import ContextItem, DonationItem, SupporterItem
from personalization.adapters.ledger import ledger_page, ledger_totals
from personalization.domain.context import SupporterContext
from personalization.domain.donations import PAGE_SIZE, DonationPage
from personalization.domain.profile import Profile
from personalization.domain.supporter import StaleVersionError, Supporter
from shared.tables import bind, readers, translated_failures


class DynamoSupporters:
    """The Users table."""

    def __init__(self, users_table: str) -> None:
        bind(SupporterItem, users_table)

    def add(self, supporter: Supporter) -> bool:
        """One conditional put."""
        with translated_failures():
            try:
                SupporterItem.of(supporter).save(condition=SupporterItem.user_id.does_not_exist())
            except PutError as error:
                if error.cause_response_code == "ConditionalCheckFailedException":
                    return False
                raise
        return True

    def replace(self, supporter: Supporter) -> None:
        """One put, conditional on the version before."""
        with translated_failures():
            try:
                SupporterItem.of(supporter).save(condition=SupporterItem.version == supporter.version - 1)
            except PutError as error:
                if error.cause_response_code == "ConditionalCheckFailedException":
                    raise StaleVersionError from error
                raise


class DynamoProfiles:
    """Reads the Users, Donations and Context tables, all at once.

    Reads are consistent: somebody who has just given sees the gift.
    """

    def __init__(self, users_table: str, donations_table: str, context_table: str) -> None:
        bind(SupporterItem, users_table)
        bind(DonationItem, donations_table)
        bind(ContextItem, context_table)

    def find(self, user_id: str, *, anonymous: bool) -> Profile | None:
        """One GetItem and three Queries in one round; about 4 RCU with a full first page of donations."""
        with translated_failures():
            donations = newest_donations(user_id, anonymous=anonymous)
            context = readers().submit(latest_context, user_id)
            try:
                supporter = SupporterItem.get(user_id, consistent_read=True).to_domain()
            except SupporterItem.DoesNotExist:
                supporter = None
            newest, latest = donations(), context.result()  # of nobody too: Lambda freezes what still runs
            return Profile(supporter, newest, latest) if supporter else None


def newest_donations(user_id: str, *, anonymous: bool) -> Callable[[], DonationPage]:
    """Start reading the first page and the totals, in one round; call what it returns when both are needed.

    A gift that is made between the two reads may be in one of them only, until the next request.
    """
    page = readers().submit(ledger_page, user_id, anonymous=anonymous, after=None, limit=PAGE_SIZE)
    totals = readers().submit(ledger_totals, user_id, anonymous=anonymous)

    def result() -> DonationPage:
        read, sums = page.result(), totals.result()
        return DonationPage(read.items, sums, read.next_position)

    return result


def latest_context(user_id: str) -> SupporterContext:
    newest = ContextItem.query(user_id, scan_index_forward=False, limit=1, consistent_read=True)
    return next((item.to_domain() for item in newest), SupporterContext())
