from tests.commerce.checkout.steps import bought, confirm, find
from tests.commerce.checkout.till import Till


def test_payment_that_went_through_is_found(till: Till) -> None:
    checkout = bought(till, steps=3)
    till.ports.provider.after["confirm"] = 1
    confirm(checkout)

    assert find(checkout) == "paid"
    assert till.saga.found(checkout.checkout_id).charge_id


def test_payment_that_did_not_go_through_is_made_again(till: Till) -> None:
    checkout = bought(till, steps=3)

    assert find(checkout) == "goes-on"
    assert till.saga.found(checkout.checkout_id).reservation == "held"


def test_debit_that_fails_gives_back_what_it_held(till: Till) -> None:
    checkout = bought(till, steps=4, means="pm_bacsDebit_success")
    till.ports.provider.fail_debit(checkout.payment_id or "")

    assert find(checkout) == "ended"
    ended = till.saga.found(checkout.checkout_id)
    assert (ended.status, ended.reservation) == ("declined", "released")
