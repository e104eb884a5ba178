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


def test_what_is_not_due_is_left_alone(till: Till) -> None:
    bought(till, steps=2)

    handler({}, CONTEXT)

    assert not till.settlement_queue.messages
