"""What a ledger of money must do, in memory and in DynamoDB."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest

from commerce.payments.adapters.ledger import DynamoLedger
from commerce.payments.domain import ledger as entries
from commerce.payments.domain.ledger import Ledger, Recorded
from local.workspace import ROOT
from shared.dynamodb.transactions import Transaction
from shared.money import Money
from shared.persistence.unit_of_work import UnitOfWork, WriteRefused
from tests.commerce.payments.fakes import FakeLedger
from tests.shared.dynamodb.dynamodb_tables import tables_like
from tests.shared.persistence.fake_transactions import FakeTransaction

_NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
_CHARGED = entries.charged("pi_1", "ch_1", Money(1999, "GBP"))
_PAID_OUT = entries.paid_out("po_1", Money(1949, "GBP"))


@dataclass
class Store:
    ledger: Ledger
    begin: Callable[[], UnitOfWork]

    def record(self, entry: entries.Entry, at: datetime) -> None:
        unit_of_work = self.begin()
        self.ledger.record(entry, at, unit_of_work)
        unit_of_work.commit()


@pytest.fixture(params=["memory", pytest.param("dynamodb", marks=pytest.mark.emulator)])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    if request.param == "memory":
        yield Store(FakeLedger(), FakeTransaction)
        return
    endpoint: str = request.getfixturevalue("local_aws")
    with tables_like(endpoint, ROOT / "commerce/till_tables.yaml", ["LedgerTable"]) as tables:
        yield Store(DynamoLedger(tables["LedgerTable"]), Transaction)


def test_an_entry_is_found_as_it_was_recorded(store: Store) -> None:
    store.record(_CHARGED, _NOON)
    assert store.ledger.record_once(_PAID_OUT, _NOON)
    found = store.ledger.find(["charge:ch_1", "payout:po_1", "payout:po_2", "charge:ch_1"])
    assert found == {"charge:ch_1": _CHARGED, "payout:po_1": _PAID_OUT}


def test_the_same_cause_is_recorded_once(store: Store) -> None:
    assert store.ledger.record_once(_PAID_OUT, _NOON)
    assert not store.ledger.record_once(_PAID_OUT, _NOON + timedelta(days=1))
    assert list(store.ledger.of_day(_NOON.date())) == [Recorded(_PAID_OUT, _NOON)]
    assert list(store.ledger.of_day(date(2026, 12, 1))) == []


def test_an_entry_stays_in_the_month_in_which_it_was_first_recorded(store: Store) -> None:
    for at in (_NOON, _NOON + timedelta(days=1), _NOON + timedelta(hours=1)):
        store.record(_CHARGED, at)

    assert list(store.ledger.of_day(_NOON.date())) == [Recorded(_CHARGED, _NOON)]
    assert list(store.ledger.of_day(date(2026, 12, 1))) == []


def test_a_days_entries_come_in_the_order_of_time(store: Store) -> None:
    first, last = datetime(2026, 11, 30, tzinfo=UTC), datetime(2026, 11, 30, 23, 59, 59, 999_000, tzinfo=UTC)
    fee = entries.fee_taken("pi_1", "txn_1", Money(50, "GBP"))
    for entry, at in ((_PAID_OUT, last), (_CHARGED, first), (fee, first + timedelta(days=1))):
        store.ledger.record_once(entry, at)

    assert [each.entry for each in store.ledger.of_day(date(2026, 11, 30))] == [_CHARGED, _PAID_OUT]
    assert list(store.ledger.of_day(date(2026, 12, 1))) == [Recorded(fee, first + timedelta(days=1))]


def test_a_hundred_and_one_entries_are_found_in_one_go(store: Store) -> None:
    many = [entries.charged(f"pi_{n}", f"ch_{n}", Money(n + 1, "GBP")) for n in range(101)]
    for entry in many:
        store.ledger.record_once(entry, _NOON)
    assert store.ledger.find(entry.entry_id for entry in many) == {entry.entry_id: entry for entry in many}
    assert len(store.ledger.of_day(_NOON.date())) == 101


def test_another_amount_for_the_same_cause_is_refused_with_all_that_belongs_to_it(store: Store) -> None:
    store.record(_CHARGED, _NOON)
    unit_of_work = store.begin()
    store.ledger.record(entries.charged("pi_1", "ch_1", Money(1, "GBP")), _NOON, unit_of_work)
    store.ledger.record(_PAID_OUT, _NOON, unit_of_work)

    with pytest.raises(WriteRefused) as refused:
        unit_of_work.commit()

    assert refused.value.refused == {"ledger:charge:ch_1"}
    assert store.ledger.find(["charge:ch_1", "payout:po_1"]) == {"charge:ch_1": _CHARGED}
