from tests.commerce.checkout.steps import bought, create
from tests.commerce.checkout.till import Till


def test_payment_is_created_once_and_named_in_the_checkout(till: Till) -> None:
    checkout = bought(till, steps=2)

    assert create(checkout) == create(checkout) == "goes-on"

    created = till.saga.found(checkout.checkout_id)
    payment = till.ports.provider.find(created.payment_id or "")
    assert (payment.status, payment.amount, payment.reference) == ("unpaid", checkout.quote.total, checkout.checkout_id)


def test_nothing_is_charged_for_what_is_not_reserved(till: Till) -> None:
    assert create(bought(till, steps=1)) == "refused"


def test_nothing_is_charged_after_the_customer_has_cancelled(till: Till) -> None:
    checkout = bought(till, steps=2)
    till.cancel(checkout.checkout_id)

    assert create(checkout) == "refused"
