"""Supporters, donations and context in DynamoDB."""

from pynamodb.exceptions import PutError

from personalization.adapters.items import TOTALS_KEY, ContextItem, DonationItem, SupporterItem
from personalization.domain.context import SupporterContext
from personalization.domain.donations import PAGE_SIZE, DonationPage
from personalization.domain.profile import Profile
from personalization.domain.supporter import StaleVersionError, Supporter
from shared.money import Money
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
    """Reads the Users, Donations and Context tables, all three at once.

    Reads are consistent: somebody who has just given sees the gift.
    """

    def __init__(self, users_table: str, donations_table: str, context_table: str) -> None:
        bind(SupporterItem, users_table)
        bind(DonationItem, donations_table)
        bind(ContextItem, context_table)

    def find(self, user_id: str) -> Profile | None:
        """One GetItem and two Queries in one round; about 4 RCU with a full first page of donations."""
        with translated_failures():
            donations = readers().submit(newest_donations, user_id)
            context = readers().submit(latest_context, user_id)
            try:
                supporter = SupporterItem.get(user_id, consistent_read=True).to_domain()
            except SupporterItem.DoesNotExist:
                supporter = None
            newest, latest = donations.result(), context.result()  # of nobody too: Lambda freezes what still runs
            return Profile(supporter, newest, latest) if supporter else None


def newest_donations(user_id: str) -> DonationPage:
    """The totals row and the first page, newest first, in one query; one row more tells whether a page follows."""
    rows = list(DonationItem.query(user_id, scan_index_forward=False, limit=PAGE_SIZE + 2, consistent_read=True))
    totals: dict[str, int] = next((row.totals.as_dict() for row in rows if row.donation_id == TOTALS_KEY), {})
    donations = [row.to_domain() for row in rows if row.donation_id != TOTALS_KEY]
    page = donations[:PAGE_SIZE]
    more = len(donations) > PAGE_SIZE
    return DonationPage(
        items=tuple(page),
        totals=tuple(Money(int(amount), currency) for currency, amount in sorted(totals.items())),
        next_position=page[-1].donation_id if more else None,
    )


def latest_context(user_id: str) -> SupporterContext:
    newest = ContextItem.query(user_id, scan_index_forward=False, limit=1, consistent_read=True)
    return next((item.to_domain() for item in newest), SupporterContext())
