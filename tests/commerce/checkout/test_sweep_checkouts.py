from datetime import timedelta

import pytest

from commerce.checkout.handlers.sweep_checkouts import handler
from tests.commerce.checkout.steps import bought, stock
from tests.commerce.checkout.till import Till
from tests.shared.lambda_context import CONTEXT


def test_checkout_whose_machine_has_gone_is_looked_after(till: Till, caplog: pytest.LogCaptureFixture) -> None:
    till.clock.now -= timedelta(minutes=25)
    checkout = bought(till, steps=2)
    till.stop_machine(checkout.checkout_id)
    till.clock.now += timedelta(minutes=25)

    handler({}, CONTEXT)
    till.work()

    assert (till.saga.found(checkout.checkout_id).status, stock(till)) == ("cancelled", 4)
    [line] = [vars(record) for record in caplog.records if record.message == "checkouts swept"]
    assert (line["due"], line["stuckCheckouts"], line["doubtfulPayments"]) == (1, 1, 0)


def test_what_does_not_get_further_is_looked_after_less_and_less_often(till: Till) -> None:
    """It counts as stuck for as long as it is."""
    checkout = bought(till, steps=3)
    till.stop_machine(checkout.checkout_id)
    till.ports.provider.before["find"] = till.ports.provider.before["cancel"] = 1_000
    begun, looked, stuck = till.clock.now, list[int](), list[int]()

    for minute in range(5, 60):
        till.clock.now = begun + timedelta(minutes=minute)
        swept = till.sweep.run(till.clock.now)
        looked += [minute - 5] * swept.due
        stuck += [minute - 5] * swept.stuck
        till.settlement_queue.messages.clear()

    assert looked == [0, 1, 2, 4, 8, 16, 24, 32, 40, 48]
    assert stuck == [16, 24, 32, 40, 48]
    till.ports.provider.before.clear()
    till.come_to_rest()
    till.require_sound()


def test_paid_checkout_whose_order_is_not_made_is_stuck(till: Till) -> None:
    checkout = bought(till, steps=4)
    till.stop_machine(checkout.checkout_id)
    assert checkout.due_at
    paid, requested = checkout.due_at - timedelta(minutes=2), 0

    for minute in range(30):
        till.clock.now = paid + timedelta(minutes=minute)
        stuck = till.sweep.run(till.clock.now).stuck
        for message in till.settlement_queue.messages:
            till.payments.settle(message["checkoutId"], till.clock.now)
        till.settlement_queue.messages.clear()
        requested += len(till.order_queue.messages)
        till.order_queue.messages.clear()
        assert bool(stuck) == (minute in {18, 26})

    assert requested == 7  # 2, 3, 4, 6, 10, 18, 26 minutes after the payment
    till.come_to_rest()
    assert till.saga.found(checkout.checkout_id).order_id


def test_what_is_not_due_is_left_alone(till: Till) -> None:
    bought(till, steps=2)

    handler({}, CONTEXT)

    assert not till.settlement_queue.messages
