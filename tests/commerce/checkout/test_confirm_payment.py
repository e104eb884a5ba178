import pytest

from tests.commerce.checkout.steps import bought, confirm, find
from tests.commerce.checkout.till import Till


@pytest.mark.parametrize(
    ("means", "outcome", "status"),
    [
        ("pm_card_visa", "paid", "paid"),
        ("pm_card_threeDSecure2Required", "requires-action", "requires-action"),
        ("pm_bacsDebit_success", "processing", "pending"),
        ("pm_card_visa_chargeDeclined", "refused", "pending"),
    ],
)
def test_outcome_is_what_the_provider_says(till: Till, means: str, outcome: str, status: str) -> None:
    checkout = bought(till, steps=3, means=means)

    assert confirm(checkout) == outcome
    assert till.saga.found(checkout.checkout_id).status == status


def test_lost_answer_is_a_doubt_and_repetition_charges_nobody_twice(till: Till) -> None:
    checkout = bought(till, steps=3)
    till.ports.provider.after["confirm"] = 1

    assert confirm(checkout) == "doubtful"
    doubtful = till.saga.found(checkout.checkout_id)
    assert (doubtful.status, doubtful.reservation) == ("pending", "held")
    assert doubtful.doubtful_since

    assert confirm(checkout) == confirm(checkout) == "paid"
    assert till.saga.found(checkout.checkout_id).doubtful_since is None
    assert till.ports.bank.charged(checkout.payment_id or "") == checkout.quote.total.amount


def test_failure_that_the_provider_repeats_is_tried_under_another_key(till: Till) -> None:
    checkout = bought(till, steps=3)
    till.ports.checkouts.save(checkout.doubted(till.clock.now))

    assert find(checkout) == "goes-on"
    assert till.saga.found(checkout.checkout_id).attempt == 1
    assert confirm(checkout) == "paid"


def test_checkout_that_was_withdrawn_before_there_was_a_payment_is_given_up(till: Till) -> None:
    checkout = bought(till, steps=2)
    till.cancel(checkout.checkout_id)

    assert confirm(checkout) == "refused"
