"""The comparison with what Stripe's SDK tells, of its stand-in: each kind of movement that a shop has."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from commerce.payments.adapters.stripe_provider import StripeProvider
from commerce.payments.domain import ledger
from commerce.payments.domain.ledger import Account, balances
from commerce.payments.domain.provider import Means
from commerce.payments.domain.reconciliation import Reconciliation
from local.payments.process import PaymentProcess
from shared.money import Money
from shared.resilience.deadline import Deadline
from tests.commerce.payments.fakes import FakeLedger, FakeSecret

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("payments")]


def gbp(amount: int) -> Money:
    return Money(amount, "GBP")


class Books:
    def __init__(self, stand_in: PaymentProcess) -> None:
        self.stand_in, self.ledger = stand_in, FakeLedger()
        self.provider = StripeProvider(FakeSecret(), stand_in.endpoint)
        self.now = datetime.now(UTC)

    def record(self, *entries: ledger.Entry) -> None:
        for entry in entries:
            self.ledger.record_once(entry, self.now)

    def sell(self, method: str = "pm_card_visa") -> tuple[str, str]:
        key = str(uuid.uuid4())
        payment = self.provider.create(gbp(2000), reference=key, key=key)
        means = Means(payment_method_id=method)
        paid = self.provider.confirm(payment.payment_id, means, return_url="https://x.example", key=f"{key}-2")
        assert paid.charge_id
        self.record(
            ledger.charged(paid.payment_id, paid.charge_id, gbp(2000)),
            ledger.ordered(paid.payment_id, f"order-{key}", {"goods": 2000}, "GBP"),
        )
        return paid.payment_id, paid.charge_id

    def refund(self, payment_id: str, amount: int) -> str:
        key = f"refund-{payment_id}"
        refund_id = self.provider.refund(payment_id, gbp(amount), key=key, labels={}).refund_id
        self.record(
            ledger.returned(payment_id, refund_id, {"goods": amount}, "GBP"),
            ledger.refunded(payment_id, refund_id, gbp(amount)),
        )
        return refund_id

    def compare(self) -> set[tuple[str, str]]:
        """What differs of that which is ours: others use the stand-in as well."""
        later = self.now + timedelta(hours=2)
        run = Reconciliation(self.ledger, self.provider, lambda: later)
        report = run.run((self.now - timedelta(days=1)).date(), later.date(), Deadline(800))
        assert report.is_complete
        return {(each.difference.value, each.name) for each in report.mismatches if each.name in self.ours}

    @property
    def ours(self) -> set[str]:
        return {*self.ledger.recorded, *self.lost}

    lost: tuple[str, ...] = ()

    def balance(self, *payments: str) -> dict[Account, int]:
        entries = (each.entry for each in self.ledger.recorded.values() if each.entry.payment_id in payments)
        return {account: amount for (account, _), amount in balances(entries).items() if amount}


@pytest.fixture
def books(stand_in: PaymentProcess) -> Books:
    return Books(stand_in)


def test_sales_refunds_disputes_and_payouts_are_the_same_on_both_sides(books: Books) -> None:
    sold, _ = books.sell()
    books.refund(sold, 500)
    disputed, charge_id = books.sell()
    dispute = books.stand_in.dispute(charge_id)
    books.record(ledger.disputed(disputed, dispute["id"], gbp(2000)))
    won, charge_id = books.sell()
    other = books.stand_in.dispute(charge_id)
    books.stand_in.decide(other["id"], "won")
    books.record(ledger.disputed(won, other["id"], gbp(2000)), ledger.dispute_won(won, other["id"], gbp(2000)))
    returned, _ = books.sell("pm_card_refundFail")
    refund_id = books.refund(returned, 2000)
    books.stand_in.pass_time()
    books.record(ledger.refund_failed(returned, refund_id, gbp(2000)))
    payout = books.stand_in.pay_out()

    assert books.compare() == set()

    fee = 50  # 1.5 % and 20 pence
    assert books.balance(sold) == {Account.GOODS: -1500, Account.PROVIDER: 1500 - fee, Account.FEES: fee}
    assert books.balance(disputed)[Account.FEES] == fee + 2000
    assert books.balance(won) == {Account.GOODS: -2000, Account.PROVIDER: 2000 - fee, Account.FEES: fee}
    assert books.balance(returned)[Account.CUSTOMERS] == -2000
    assert books.ledger.recorded[f"payout:{payout['id']}"].entry.change_of(Account.BANK) == payout["amount"]


def test_what_is_lost_on_either_side_is_named(books: Books) -> None:
    sold, charge_id = books.sell()
    refund_id = books.refund(sold, 500)
    books.lost = (f"refund:{refund_id}",)
    del books.ledger.recorded[f"refund:{refund_id}"]
    books.record(ledger.charged("pi_nobody", "ch_nobody", gbp(1)), ledger.fee_taken(None, "txn_nobody", gbp(1)))

    assert books.compare() == {
        ("missing-here", f"refund:{refund_id}"),
        ("missing-there", "charge:ch_nobody"),
        ("missing-there", "fee:txn_nobody"),
    }
    assert f"charge:{charge_id}" in books.ledger.recorded
