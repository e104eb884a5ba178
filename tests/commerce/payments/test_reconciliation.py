"""The comparison of the ledger with what the provider has booked."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.payments.domain import ledger
from commerce.payments.domain.ledger import Account, Entry, balances
from commerce.payments.domain.provider import Means, Movement
from commerce.payments.domain.reconciliation import Difference, Mismatch, Owed, Reconciliation, Report, days_of
from shared.errors import PublicError
from shared.money import Money
from shared.resilience.deadline import Deadline
from tests.commerce.payments.fake_provider import FakeProvider
from tests.commerce.payments.fakes import FakeLedger

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
_TODAY = NOW.date()
_CARD = Means(payment_method_id="pm_card_visa")


def gbp(amount: int) -> Money:
    return Money(amount, "GBP")


class Shop:
    """What has happened at the provider, and in the ledger; both right unless a test changes one."""

    def __init__(self) -> None:
        self.provider, self.ledger = FakeProvider(), FakeLedger()
        self.at = NOW - timedelta(days=1)

    @property
    def at(self) -> datetime:
        return self._at

    @at.setter
    def at(self, moment: datetime) -> None:
        self._at, self.provider.now = moment, int(moment.timestamp())

    def record(self, *entries: Entry) -> None:
        for entry in entries:
            self.ledger.record_once(entry, self.at)

    def sell(self, amount: int = 1999, *, ordered: bool = True) -> tuple[str, str]:
        """The payment and its charge."""
        number = len(self.provider.payments)
        payment = self.provider.create(gbp(amount), reference=f"checkout-{number}", key=f"create-{number}")
        paid = self.provider.confirm(payment.payment_id, _CARD, return_url="https://x.example", key=f"confirm-{number}")
        assert paid.charge_id
        self.record(ledger.charged(paid.payment_id, paid.charge_id, gbp(amount)))
        if ordered:
            self.record(ledger.ordered(paid.payment_id, f"order-{number}", {"goods": amount}, "GBP"))
        return paid.payment_id, paid.charge_id

    def refund(self, payment_id: str, amount: int) -> str:
        refund = self.provider.refund(payment_id, gbp(amount), key=f"refund-{payment_id}", labels={})
        self.record(
            ledger.returned(payment_id, refund.refund_id, {"goods": amount}, "GBP"),
            ledger.refunded(payment_id, refund.refund_id, gbp(amount)),
        )
        return refund.refund_id

    def dispute(self, payment_id: str, amount: int = 1999) -> None:
        self.provider.book("adjustment", "du_1", gbp(-amount), 2000)
        self.record(ledger.disputed(payment_id, "du_1", gbp(amount)))

    def compare(self, first: date = _TODAY - timedelta(days=6), seconds: float = 800) -> Report:
        run = Reconciliation(self.ledger, self.provider, lambda: NOW)
        return run.run(first, _TODAY, Deadline(seconds))

    def balances(self) -> Mapping[Account, int]:
        entries = [each.entry for each in self.ledger.recorded.values()]
        return {account: amount for (account, _), amount in balances(entries).items() if amount}


@pytest.fixture
def shop() -> Shop:
    return Shop()


def names(report: Report) -> list[tuple[str, str]]:
    return [(each.difference.value, each.name) for each in report.mismatches]


def test_fees_and_payouts_are_booked_when_the_provider_booked_them_and_once(shop: Shop) -> None:
    payment_id, _ = shop.sell(1999)
    shop.refund(payment_id, 999)
    shop.provider.book("payout", "po_1", gbp(-950))
    shop.provider.book("stripe_fee", "", gbp(-200))

    report = shop.compare()

    assert (report.mismatches, report.owed, report.is_complete) == ([], [], True)
    assert (report.movements, report.booked) == (4, 3)
    assert shop.balances() == {Account.GOODS: -1000, Account.FEES: 250, Account.BANK: 950, Account.PROVIDER: -200}
    fee = next(each for each in shop.ledger.recorded.values() if each.entry.entry_id.startswith("fee:"))
    assert (fee.at, fee.entry.payment_id) == (shop.at, payment_id)
    again = shop.compare()
    assert (again.booked, again.mismatches) == (0, [])


def test_a_dispute_and_its_fee_come_back_when_it_is_won(shop: Shop) -> None:
    payment_id, _ = shop.sell()
    shop.dispute(payment_id)
    assert shop.compare().mismatches == []
    assert shop.balances()[Account.FEES] == 2050

    shop.provider.book("adjustment", "du_1", gbp(1999), -2000)
    shop.record(ledger.dispute_won(payment_id, "du_1", gbp(1999)))
    assert shop.compare().mismatches == []
    assert shop.balances() == {Account.GOODS: -1999, Account.FEES: 50, Account.PROVIDER: 1949}


def test_a_payout_is_booked_as_soon_as_it_is_reported_and_once(shop: Shop) -> None:
    shop.sell()
    shop.provider.book("payout", "po_1", gbp(-1949))
    run = Reconciliation(shop.ledger, shop.provider, lambda: NOW)
    for _ in range(2):
        run.book("po_1")
    run.book("po_unknown")
    assert shop.balances()[Account.BANK] == 1949
    assert shop.ledger.recorded["payout:po_1"].at == shop.at
    assert (shop.compare().booked, shop.compare().mismatches) == (1, [])  # the fee


def test_a_payout_that_the_bank_sends_back_is_at_the_provider_again(shop: Shop) -> None:
    shop.sell()
    shop.provider.book("payout", "po_1", gbp(-1949))
    shop.provider.book("payout_failure", "po_1", gbp(1949))
    assert shop.compare().mismatches == []
    assert shop.balances()[Account.PROVIDER] == 1949
    assert Account.BANK not in shop.balances()


@pytest.mark.parametrize("cause", ["charge", "refund", "dispute"])
def test_customers_money_that_is_missing_here_is_named_and_never_booked(shop: Shop, cause: str) -> None:
    payment_id, charge_id = shop.sell()
    refund_id = shop.refund(payment_id, 100)
    shop.dispute(payment_id, 1899)
    missing = {"charge": f"charge:{charge_id}", "refund": f"refund:{refund_id}", "dispute": "dispute:du_1"}[cause]
    del shop.ledger.recorded[missing]

    report = shop.compare()

    assert names(report) == [("missing-here", missing)]
    assert missing not in shop.ledger.recorded
    assert names(shop.compare()) == [("missing-here", missing)]  # until it is fixed


def test_what_the_provider_does_not_have_is_named(shop: Shop) -> None:
    shop.record(ledger.refunded("pi_9", "re_9", gbp(500)), ledger.returned("pi_9", "re_9", {"goods": 500}, "GBP"))
    [mismatch] = shop.compare().mismatches
    assert mismatch == Mismatch(Difference.MISSING_THERE, "refund:re_9", "GBP", here=-500)


def test_another_amount_is_named_with_both(shop: Shop) -> None:
    _, charge_id = shop.sell(1999)
    recorded = shop.ledger.recorded[f"charge:{charge_id}"]
    wrong = ledger.charged("pi_1", charge_id, gbp(1909))
    shop.ledger.recorded[f"charge:{charge_id}"] = ledger.Recorded(wrong, recorded.at)
    [mismatch] = shop.compare().mismatches
    assert mismatch.shown() == {
        "difference": "other-amount",
        "entry": f"charge:{charge_id}",
        "here": 1909,
        "there": 1999,
        "currency": "GBP",
    }


@pytest.mark.parametrize(("kind", "source"), [("transfer", "tr_1"), ("adjustment", "xx_1"), ("charge", "")])
def test_a_movement_of_another_kind_is_named(shop: Shop, kind: str, source: str) -> None:
    movement = shop.provider.book(kind, source, gbp(500), 20)
    [mismatch] = shop.compare().mismatches
    assert mismatch == Mismatch(Difference.OTHER_KIND, movement.transaction_id, "GBP", there=480)


def test_a_failed_refund_is_owed_to_the_customer(shop: Shop) -> None:
    payment_id, _ = shop.sell()
    refund_id = shop.refund(payment_id, 500)
    shop.provider.book("refund_failure", refund_id, gbp(500))
    shop.record(ledger.refund_failed(payment_id, refund_id, gbp(500)))
    report = shop.compare()
    assert (report.mismatches, report.owed) == ([], [Owed(payment_id, "GBP", 500)])


def test_a_payment_without_an_order_is_owed_once_it_is_an_hour_old(shop: Shop) -> None:
    shop.at = NOW - timedelta(minutes=59)
    shop.sell(ordered=False)
    assert shop.compare().owed == []
    shop.at = NOW - timedelta(minutes=61)
    payment_id, _ = shop.sell(ordered=False)
    assert shop.compare().owed == [Owed(payment_id, "GBP", 1999)]


def test_what_is_younger_than_an_hour_is_left_for_the_next_time(shop: Shop) -> None:
    shop.at = NOW - timedelta(minutes=30)
    shop.sell()
    del shop.ledger.recorded["charge:ch_2"]
    report = shop.compare()
    assert (report.mismatches, report.booked, report.movements) == ([], 0, 0)


def test_what_both_have_on_different_days_is_no_mismatch(shop: Shop) -> None:
    first = _TODAY - timedelta(days=3)
    shop.at = datetime(first.year, first.month, first.day, tzinfo=UTC) - timedelta(seconds=1)
    shop.sell()
    for name, recorded in list(shop.ledger.recorded.items()):
        shop.ledger.recorded[name] = ledger.Recorded(recorded.entry, shop.at + timedelta(seconds=2))
    assert shop.compare(first).mismatches == []  # the provider's day is not compared
    assert shop.compare().mismatches == []


def test_an_order_that_followed_its_payment_after_midnight_is_not_owed(shop: Shop) -> None:
    first = _TODAY - timedelta(days=3)
    shop.at = datetime(first.year, first.month, first.day, tzinfo=UTC) - timedelta(seconds=1)
    payment_id, _ = shop.sell(ordered=False)
    shop.at += timedelta(seconds=2)
    shop.record(ledger.ordered(payment_id, "order-1", {"goods": 1999}, "GBP"))
    assert shop.compare(first).owed == []


def test_it_stops_in_time_and_says_where_to_go_on(shop: Shop) -> None:
    shop.sell()
    report = shop.compare(seconds=60)
    assert (report.is_complete, report.until, report.movements) == (False, _TODAY - timedelta(days=6), 0)
    assert shop.compare(report.until).is_complete


def test_a_run_that_was_interrupted_is_repeated(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        shop.sell()
    record_once, left = shop.ledger.record_once, iter([True, False])

    def interrupted(entry: Entry, at: datetime) -> bool:
        if not next(left):
            raise InterruptedError
        return record_once(entry, at)

    monkeypatch.setattr(shop.ledger, "record_once", interrupted)
    with pytest.raises(InterruptedError):
        shop.compare()
    monkeypatch.undo()
    assert shop.compare().booked == 2
    assert shop.balances()[Account.FEES] == 150


@given(
    st.lists(st.tuples(st.integers(30, 99_999), st.sampled_from(["kept", "refunded", "disputed"])), max_size=8),
    st.data(),
)
def test_exactly_what_is_not_the_same_is_named(sales: list[tuple[int, str]], data: st.DataObject) -> None:
    shop = Shop()
    for number, (amount, end) in enumerate(sales):
        shop.at = NOW - timedelta(hours=data.draw(st.integers(2, 140)))
        payment_id, _ = shop.sell(amount)
        if end == "refunded":
            shop.refund(payment_id, data.draw(st.integers(1, amount)))
        if end == "disputed":
            shop.provider.book("adjustment", f"du_{number}", gbp(-amount), 2000)
            shop.record(ledger.disputed(payment_id, f"du_{number}", gbp(amount)))
    everything = dict(shop.ledger.recorded)
    provided = [name for name in everything if not name.startswith(("order:", "return:"))]
    lost_here = set(data.draw(st.lists(st.sampled_from(provided), max_size=3))) if provided else set()
    for name in lost_here:
        del shop.ledger.recorded[name]
    lost_there = _drop(shop, data.draw) - lost_here

    report = shop.compare()

    expected = {("missing-here", name) for name in lost_here if _is_booked(shop, name)}
    expected |= {("missing-there", name) for name in lost_there}
    assert set(names(report)) == expected
    assert len(report.mismatches) == len(expected)
    assert sum(shop.balances().values()) == 0
    assert sorted(names(shop.compare())) == sorted(names(report))


def _drop(shop: Shop, draw: Callable[[st.SearchStrategy[list[Movement]]], list[Movement]]) -> set[str]:
    """The entries of movements that the provider has forgotten."""
    booked = shop.provider.booked
    lost = draw(st.lists(st.sampled_from(booked), max_size=2, unique=True)) if booked else []
    for movement in lost:
        booked.remove(movement)
    return {_entry_of(movement) for movement in lost}


def _is_booked(shop: Shop, name: str) -> bool:
    return name in {_entry_of(movement) for movement in shop.provider.booked}


def _entry_of(movement: Movement) -> str:
    return f"{'dispute' if movement.kind == 'adjustment' else movement.kind}:{movement.source_id}"


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        (None, None, (date(2026, 11, 24), _TODAY)),
        ("2026-11-01", None, (date(2026, 11, 1), _TODAY)),
        ("2026-10-01", "2026-10-31", (date(2026, 10, 1), date(2026, 10, 31))),
    ],
)
def test_days_are_the_last_seven_or_those_given(first: object, last: object, days: tuple[date, date]) -> None:
    assert days_of(first, last, _TODAY) == days


@pytest.mark.parametrize(
    ("first", "last"), [("yesterday", None), (7, None), ("2026-12-01", None), (None, "2027-01-01")]
)
def test_other_days_are_refused(first: object, last: object) -> None:
    with pytest.raises(PublicError):
        days_of(first, last, _TODAY)
