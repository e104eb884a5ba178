"""Money that nobody gets an order for goes back once, whoever refunds it, and whatever becomes of that."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from unittest.mock import Mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.checkout.domain.giving_back import GivenBack, GivingBack
from commerce.payments.domain.ledger import Account, balances, owed_to_customers
from commerce.payments.domain.provider import Means, RefundRefused
from shared.errors import Unavailable
from shared.money import Money
from tests.commerce.examples import NOW
from tests.commerce.orders.fakes import FakeLedger
from tests.commerce.payments.fake_provider import FakeProvider

PAID = 2000


class Late:
    """A payment that came too late."""

    def __init__(self) -> None:
        self.provider, self.ledger = FakeProvider(), FakeLedger()
        created = self.provider.create(Money(PAID, "GBP"), reference="0c", key="create")
        means = Means(payment_method_id="pm_card_visa")
        self.payment = self.provider.confirm(created.payment_id, means, return_url="", key="confirm")
        self.payment_id = self.payment.payment_id

    def give_back(self) -> GivenBack:
        return GivingBack(self.provider, self.ledger).give_back(self.payment, NOW)

    def refund_by_hand(self, amount: int = PAID) -> None:
        made = len(self.provider.all_refunds)
        self.provider.refund(self.payment_id, Money(amount, "GBP"), key=f"by hand {made}", labels={})

    def fail_refund(self) -> None:
        """The latest."""
        self.provider.fail_refund(self.provider.all_refunds[-1].refund_id)

    def dispute(self) -> None:
        if self.owed > 0:
            self.provider.dispute(self.payment_id)

    def decide(self, outcome: str) -> None:
        """As a bank does: once, or again in our favour."""
        dispute = self.provider.all_disputes[-1][1]
        if dispute.status != "won":
            self.provider.decide(dispute.dispute_id, outcome)  # type: ignore[arg-type]

    @property
    def owed(self) -> int:
        taken = sum(each.amount.amount for each in self.provider.disputes(self.payment_id) if each.status != "won")
        return self.provider.left(self.payment_id) - taken

    def adds_up(self) -> None:
        """The ledger has what the provider has, and the difference is the customer's."""
        assert sum(balances(self.ledger.entries).values()) == 0
        assert balances(self.ledger.entries)[Account.PROVIDER, "GBP"] == self.owed
        assert owed_to_customers(self.ledger.entries) == ({self.payment_id: self.owed} if self.owed else {})


def test_it_goes_back_once() -> None:
    late = Late()

    assert late.give_back() == late.give_back() == GivenBack(is_owed=False, is_pending=False)

    assert [each.amount.amount for each in late.provider.all_refunds] == [PAID]
    late.adds_up()


def test_what_somebody_has_refunded_by_hand_is_not_refunded_again() -> None:
    late = Late()
    late.refund_by_hand(500)
    late.give_back()
    assert [each.amount.amount for each in late.provider.all_refunds] == [500, 1500]
    late.adds_up()

    late = Late()
    late.refund_by_hand()
    assert not late.give_back().is_owed
    assert len(late.provider.all_refunds) == 1
    late.adds_up()


def test_refund_that_fails_later_is_owed_and_named_and_not_repeated(caplog: pytest.LogCaptureFixture) -> None:
    late = Late()
    late.give_back()
    late.fail_refund()

    assert late.give_back() == late.give_back() == GivenBack(is_owed=True, is_pending=False)

    assert len(late.provider.all_refunds) == 1
    lines = [vars(each) for each in caplog.records if each.message == "money owed to a customer"]
    assert [(line["paymentId"], line["amount"], line["failedRefunds"]) for line in lines] == 2 * [
        (late.payment_id, PAID, 1)
    ]
    late.adds_up()

    late.refund_by_hand()
    assert not late.give_back().is_owed
    late.adds_up()


def test_what_the_bank_has_taken_back_is_not_refunded_until_it_is_ours_again() -> None:
    late = Late()
    late.provider.dispute(late.payment_id)
    assert not late.give_back().is_owed
    assert not late.provider.all_refunds
    late.adds_up()

    late.decide("won")
    assert not late.give_back().is_owed
    assert [each.amount.amount for each in late.provider.all_refunds] == [PAID]
    late.adds_up()


def test_refusal_is_no_failure_of_the_message(monkeypatch: pytest.MonkeyPatch) -> None:
    late = Late()
    refusal = RefundRefused("There is not so much in the balance.")
    monkeypatch.setattr(late.provider, "refund", Mock(side_effect=refusal))

    assert late.give_back().is_owed
    late.adds_up()


HAPPENS: Mapping[str, Callable[[Late], object]] = {
    "give back": Late.give_back,
    "refund a part by hand": lambda late: late.refund_by_hand(700),
    "refund by hand": Late.refund_by_hand,
    "fail a refund": Late.fail_refund,
    "dispute": Late.dispute,
    "win": lambda late: late.decide("won"),
    "lose": lambda late: late.decide("lost"),
    "lose the next answer": lambda late: late.provider.after.update(refund=1),
    "be out of reach": lambda late: late.provider.before.update(refund=1),
}


@given(st.lists(st.sampled_from(sorted(HAPPENS)), max_size=12))
def test_whatever_happens_the_ledger_has_it_and_nobody_gets_more_than_was_paid(names: Sequence[str]) -> None:
    late = Late()
    for name in names:
        with suppress(Unavailable, RefundRefused, IndexError):
            HAPPENS[name](late)
    late.provider.after.clear()
    late.provider.before.clear()

    given = late.give_back()

    cannot_be_made = any(each.status == "failed" for each in late.provider.all_refunds if each.reference) or any(
        dispute.status != "won" for _, dispute in late.provider.all_disputes
    )
    assert late.provider.left(late.payment_id) >= 0
    assert given.is_owed == (late.owed > 0)
    assert late.owed <= 0 or cannot_be_made
    late.adds_up()
