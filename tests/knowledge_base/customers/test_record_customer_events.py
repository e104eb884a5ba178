import json

import pytest

from knowledge_base.customers import wiring
from knowledge_base.customers.domain.recording import OrderPlaced
from knowledge_base.customers.handlers.record_customer_events import handler
from local.workspace import ROOT
from shared.money import Money
from tests.knowledge_base.customers.facts import FakeCustomers
from tests.shared.lambda_context import CONTEXT, fails_as


def test_events_are_recorded_and_fail_where_they_cannot_be(monkeypatch: pytest.MonkeyPatch) -> None:
    event = json.loads((ROOT / "events/knowledge_base/record_customer_events.json").read_text())
    customers = FakeCustomers()
    monkeypatch.setattr(wiring, "customer_facts", lambda: customers)
    for _ in range(2):
        handler(event, CONTEXT)
    [fact, again] = customers.facts
    assert fact == again
    assert isinstance(fact, OrderPlaced)
    assert (fact.number, fact.total) == ("100001", Money(4595, "GBP"))

    monkeypatch.undo()
    monkeypatch.setenv("CUSTOMER_DATABASE", "none")
    monkeypatch.setenv("DATABASE_CA", "none")
    monkeypatch.setenv("DATABASE_SECRET", "none")
    from shared.errors import Unavailable

    with fails_as(Unavailable):  # so that it comes again
        handler(event, CONTEXT)
