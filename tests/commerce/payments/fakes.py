"""What stands behind payments in tests."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial

from commerce.payments.domain.events import PaymentEvent
from commerce.payments.domain.ledger import Entry, Recorded
from shared.persistence.unit_of_work import UnitOfWork
from tests.shared.persistence.fake_transactions import step


@dataclass
class FakeSecret:
    """`next_secret` and `next_key` come with the next renewal."""

    webhook_secret: str = "whsec_shop"
    key: str = "sk_test_shop"
    next_secret: str = ""
    next_key: str = ""
    renewals: int = 0

    def renew(self) -> bool:
        self.renewals += 1
        before = self.key, self.webhook_secret
        self.key, self.webhook_secret = self.next_key or self.key, self.next_secret or self.webhook_secret
        return (self.key, self.webhook_secret) != before


@dataclass
class FakePaymentEvents:
    put_events: list[PaymentEvent] = field(default_factory=list)

    def put(self, event: PaymentEvent) -> None:
        self.put_events.append(event)


@dataclass
class FakeLedger:
    recorded: dict[str, Recorded] = field(default_factory=dict)

    def record(self, entry: Entry, at: datetime, unit_of_work: UnitOfWork) -> None:
        def is_new_or_same() -> bool:
            recorded = self.recorded.get(entry.entry_id)
            return recorded is None or recorded.entry.postings == entry.postings

        write = partial(self.recorded.setdefault, entry.entry_id, Recorded(entry, at))
        step(f"ledger:{entry.entry_id}", is_new_or_same, write)(unit_of_work)

    def record_once(self, entry: Entry, at: datetime) -> bool:
        is_new = entry.entry_id not in self.recorded
        self.recorded.setdefault(entry.entry_id, Recorded(entry, at))
        return is_new

    def find(self, entry_ids: Iterable[str]) -> Mapping[str, Entry]:
        return {id_: self.recorded[id_].entry for id_ in entry_ids if id_ in self.recorded}

    def of_day(self, day: date) -> Sequence[Recorded]:
        of_day = [each for each in self.recorded.values() if each.at.astimezone(UTC).date() == day]
        return sorted(of_day, key=lambda each: (each.at, each.entry.entry_id))
