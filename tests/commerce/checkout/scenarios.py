"""What customers and banks do with a checkout, when nothing goes wrong."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from commerce.checkout.domain.checkout import Checkout, CheckoutStatus
from tests.commerce.checkout.till import Till
from tests.commerce.examples import a_donation_item, a_product

PRODUCTS = (a_product("teapot", stock=4), a_product("kettle", stock=10, name="Kettle"), a_donation_item())


@dataclass(frozen=True)
class Scenario:
    """`acts` is what comes after the checkout has been begun, and has gone as far as it can."""

    name: str
    means: str
    ends: frozenset[CheckoutStatus]
    acts: Callable[[Till, Checkout], None] | None = None

    def play(self, till: Till) -> None:
        """To the end, with everything that is lost on the way found again."""
        for product, quantity in zip(till.ports.shop, (2, 1, 1), strict=True):
            till.put(till.ports.user_id, product, quantity)
        checkout = till.buy(means=self.means)
        till.work()
        if self.acts:
            self.acts(till, checkout)
        till.come_to_rest()


def _authenticates(passed: bool) -> Callable[[Till, Checkout], None]:
    def act(till: Till, checkout: Checkout) -> None:
        payment_id = till.payment_of(checkout)
        if payment_id:
            till.ports.bank.authenticate(payment_id, passed=passed)
            till.report(checkout)

    return act


def _leaves(till: Till, checkout: Checkout) -> None:  # noqa: ARG001
    till.pass_time(timedelta(minutes=40))


def _debits(till: Till, checkout: Checkout) -> None:
    till.pass_time(timedelta(days=3))
    till.ports.bank.pass_time()
    till.report(checkout)


def _cancels(till: Till, checkout: Checkout) -> None:
    till.cancel(checkout.checkout_id)
    till.work()


_PAID = frozenset({CheckoutStatus.COMPLETED})
_GIVEN_UP = frozenset({CheckoutStatus.CANCELLED})

SCENARIOS = (
    Scenario("pays", "pm_card_visa", _PAID),
    Scenario("declined", "pm_card_visa_chargeDeclined", frozenset({CheckoutStatus.DECLINED})),
    Scenario("authenticates", "pm_card_threeDSecure2Required", _PAID, _authenticates(passed=True)),
    Scenario(
        "fails to authenticate",
        "pm_card_threeDSecure2Required",
        frozenset({CheckoutStatus.DECLINED}),
        _authenticates(passed=False),
    ),
    Scenario("leaves", "pm_card_threeDSecure2Required", _GIVEN_UP, _leaves),
    Scenario("direct debit", "pm_bacsDebit_success", _PAID, _debits),
    Scenario("cancels", "pm_card_threeDSecure2Required", _GIVEN_UP, _cancels),
)
