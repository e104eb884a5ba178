from tests.commerce.checkout.steps import abandon, bought, confirm, stock
from tests.commerce.checkout.till import Till


def test_what_cannot_be_charged_any_more_gives_back_what_it_held_once(till: Till) -> None:
    checkout = bought(till, steps=3, means="pm_card_visa_chargeDeclined")
    confirm(checkout)
    assert stock(till) == 2

    assert abandon(checkout) == abandon(checkout) == "ended"

    ended = till.saga.found(checkout.checkout_id)
    assert (ended.status, ended.reservation, stock(till)) == ("declined", "released", 4)
    assert till.ports.provider.find(checkout.payment_id or "").status == "cancelled"


def test_what_has_been_charged_is_not_given_up(till: Till) -> None:
    checkout = bought(till, steps=3)
    till.ports.provider.after["confirm"] = 1
    confirm(checkout)

    assert abandon(checkout) == "paid"
    assert (till.saga.found(checkout.checkout_id).status, stock(till)) == ("paid", 2)


def test_nothing_is_given_back_while_the_provider_does_not_answer(till: Till) -> None:
    checkout = bought(till, steps=3)
    till.ports.provider.before["cancel"] = 1

    assert till.refusal_of(lambda: till.payments.abandon(checkout.checkout_id, till.clock.now)) == "Unavailable"
    assert (till.saga.found(checkout.checkout_id).status, stock(till)) == ("pending", 2)
