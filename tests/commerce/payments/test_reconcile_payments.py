"""The function that compares the ledger with Stripe: what it logs, counts and answers."""

import json
import logging
from datetime import timedelta
from typing import Any

import pytest

from commerce.payments import wiring
from commerce.payments.domain import ledger
from commerce.payments.domain.provider import NoAccount
from commerce.payments.domain.reconciliation import Reconciliation
from commerce.payments.handlers import reconcile_payments
from commerce.payments.handlers.reconcile_payments import handler
from shared.errors import PublicError
from shared.money import Money
from tests.commerce.payments.test_reconciliation import NOW, Shop
from tests.shared.lambda_context import CONTEXT


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Shop:
    shop = Shop()
    reconciliation = Reconciliation(shop.ledger, shop.provider, lambda: NOW)
    monkeypatch.setattr(wiring, "reconciliation", lambda: reconciliation)
    return shop


def lines(caplog: pytest.LogCaptureFixture, message: str) -> list[dict[str, Any]]:
    return [vars(record) for record in caplog.records if record.message == message]


def test_mismatches_and_debts_are_named_and_counted(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    shop.sell()
    payment_id, charge_id = shop.sell(500, ordered=False)
    shop.record(ledger.paid_out("po_9", Money(700, "GBP")))

    with caplog.at_level(logging.INFO):
        answer = handler({"from": "2026-11-24", "to": "2026-11-29"}, CONTEXT)

    counts = {"movements": 2, "entries": 6, "booked": 2, "mismatches": 1, "owedPayments": 1, "dueDisputes": 0}
    assert answer == {"until": "2026-11-30", "isComplete": True, **counts}
    [mismatch] = lines(caplog, "money mismatched")
    assert (mismatch["difference"], mismatch["entry"], mismatch["here"]) == ("missing-there", "payout:po_9", -700)
    [owed] = lines(caplog, "money owed to a customer")
    assert (owed["paymentId"], owed["amount"]) == (payment_id, 500)
    [reconciled] = lines(caplog, "money reconciled")
    assert (reconciled["mismatches"], reconciled["owedPayments"]) == (1, 1)
    assert charge_id not in json.dumps(answer)


@pytest.mark.usefixtures("shop")
def test_only_a_whole_comparison_of_the_last_days_counts_as_one(caplog: pytest.LogCaptureFixture) -> None:
    """An alarm sounds where there is none for more than a day."""
    assert handler({"source": "aws.events", "detail": {}}, CONTEXT)["isComplete"]
    handler({"from": "2026-11-24", "to": "2026-11-29"}, CONTEXT)

    assert [line["completeReconciliations"] for line in lines(caplog, "money reconciled")] == [1, 0]


@pytest.mark.usefixtures("shop")
def test_comparison_that_stops_early_does_not_count(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile_payments, "_WORK_SECONDS", 0)

    assert not handler({}, CONTEXT)["isComplete"]
    assert [line["completeReconciliations"] for line in lines(caplog, "money reconciled")] == [0]


def test_dispute_whose_evidence_is_due_is_named_until_it_is_too_late(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    payment_id, _ = shop.sell()
    due = {}
    for days in range(10):
        shop.provider.all_disputes.clear()
        shop.at = NOW - timedelta(days=days)
        shop.provider.dispute(payment_id)
        due[days] = handler({}, CONTEXT)["dueDisputes"]

    assert [days for days, count in due.items() if count] == [2, 3, 4, 5, 6]  # a week is given
    line = lines(caplog, "dispute waits for evidence")[0]
    assert (line["paymentId"], line["amount"], line["dueBy"]) == (payment_id, 1999, "2026-12-05T12:00:00+00:00")


@pytest.mark.usefixtures("shop")
def test_days_that_are_none_are_refused() -> None:
    with pytest.raises(PublicError, match="2026-11-30"):
        handler({"from": "last month"}, CONTEXT)


def test_a_shop_that_takes_no_payments_yet_sets_off_no_alarm(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def movements(**_: object) -> None:
        raise NoAccount

    monkeypatch.setattr(shop.provider, "movements", movements)
    with caplog.at_level(logging.INFO):
        assert not handler({}, CONTEXT)["isComplete"]
    assert [line["completeReconciliations"] for line in lines(caplog, "no account yet")] == [1]
