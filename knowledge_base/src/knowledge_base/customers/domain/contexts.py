"""What staff see of a customer beside a ticket: who it is, what they did, how they feel, and whether they may leave."""

from collections.abc import Callable, MutableMapping
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime, timedelta

from knowledge_base.customers.domain.interactions import Interaction, Interactions
from knowledge_base.customers.domain.records import Customer, CustomerRecords, Donation, Order, Records, unread
from knowledge_base.customers.domain.risk import Feeling, Risk, mean_sentiment, risk_of
from knowledge_base.customers.domain.versions import Version, Versions
from shared.errors import Unavailable
from shared.observability.logs import logger

NEWEST = 20
"""So many orders, donations and interactions each."""
_SETTLED = timedelta(seconds=5)
"""What was read together with its version is kept if that version is older: clocks differ by less."""


@dataclass(frozen=True, slots=True)
class CustomerContext:
    """The newest first. `sentiment` is the mean, the latest counting most; None where nothing is there to go by."""

    customer: Customer
    orders: tuple[Order, ...]
    donations: tuple[Donation, ...]
    interactions: tuple[Interaction, ...]
    sentiment: float | None
    risk: Risk


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of a customer. `records` are None where the database did not answer."""

    version: Version | None
    records: Records | None
    interactions: tuple[Interaction, ...]


class CustomerService:
    """Reads everything at the same time, and keeps it until something is written about the customer, in `kept`.

    `records` are None without a database. Customers are placeholders then, and while it does not answer.
    """

    def __init__(
        self,
        records: CustomerRecords | None,
        interactions: Interactions,
        versions: Versions,
        kept: MutableMapping[str, Reading],
        threads: Executor,
        now: Callable[[], datetime],
    ) -> None:
        self._records, self._interactions, self._versions = records, interactions, versions
        self._kept, self._threads, self._now = kept, threads, now

    def context_of(self, user_id: str) -> CustomerContext:
        """A placeholder, and what DynamoDB has, where the database does not answer. Raises Unavailable."""
        now = self._now()
        return composed(user_id, self._reading(user_id, now), now)

    def _reading(self, user_id: str, now: datetime) -> Reading:
        """One round of reads; two where what was kept has changed."""
        kept = self._kept.get(user_id)
        if kept is None:
            finding = self._threads.submit(self._versions.find, user_id)
            records, interactions = self._read(user_id, now)
            version = finding.result()
            is_settled = version is None or version.changed_at < now - _SETTLED
        else:
            version = self._versions.find(user_id)
            if version == kept.version:
                return kept
            self._kept.pop(user_id, None)
            records, interactions = self._read(user_id, now)
            is_settled = True  # the version was read first, so that whatever is read now is as new
        reading = Reading(version, records, interactions)
        if is_settled and (records is not None or self._records is None):
            self._kept[user_id] = reading
        return reading

    def _read(self, user_id: str, now: datetime) -> tuple[Records | None, tuple[Interaction, ...]]:
        finding = self._threads.submit(self._records.find, user_id, NEWEST) if self._records else None
        interactions = self._interactions.newest(user_id, NEWEST, now)
        try:
            return finding.result() if finding else None, interactions
        except Unavailable:
            logger.warning("customer not read: a placeholder is shown")
            return None, interactions


def composed(user_id: str, reading: Reading, now: datetime) -> CustomerContext:
    """Risk counts from `now`: silence grows also while nothing is read anew."""
    records = reading.records or Records(None)
    customer = records.customer or unread(user_id)
    feelings = [Feeling(each.sentiment, each.at) for each in reading.interactions if each.sentiment is not None]
    sentiment = mean_sentiment(feelings)
    return CustomerContext(
        customer=customer,
        orders=records.orders,
        donations=records.donations,
        interactions=reading.interactions,
        sentiment=None if sentiment is None else round(sentiment, 2),
        risk=risk_of(feelings, _last_heard_of(customer, records, reading.interactions), now),
    )


def _last_heard_of(customer: Customer, records: Records, interactions: tuple[Interaction, ...]) -> datetime | None:
    heard = [
        *(order.placed_at for order in records.orders),
        *(donation.received_at for donation in records.donations),
        *(interaction.at for interaction in interactions),
    ]
    return max(heard, default=customer.since)
