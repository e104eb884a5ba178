from commerce.checkout.domain.checkout import Checkout
from commerce.checkout.domain.saga import Outcome
from commerce.checkout.handlers.await_payment import handler
from tests.commerce.checkout.steps import bought
from tests.commerce.checkout.till import Till
from tests.shared.lambda_context import CONTEXT

MEANS = "pm_card_threeDSecure2Required"


def wait(checkout: Checkout) -> None:
    handler({"checkoutId": checkout.checkout_id, "taskToken": "token-1"}, CONTEXT)


def test_who_acts_later_has_the_machine_go_on(till: Till) -> None:
    checkout = bought(till, steps=4, means=MEANS)
    reported = till.listen()
    wait(checkout)
    assert reported == []

    till.ports.bank.authenticate(checkout.payment_id or "", passed=True)
    till.payments.settle(checkout.checkout_id, till.clock.now)

    assert reported == [("token-1", Outcome.PAID)]


def test_who_has_acted_before_is_not_waited_for(till: Till) -> None:
    checkout = bought(till, steps=4, means=MEANS)
    reported = till.listen()
    till.ports.bank.authenticate(checkout.payment_id or "", passed=True)

    wait(checkout)

    assert ("token-1", Outcome.PAID) in reported
