import json
from typing import Any

import pytest

from knowledge_base.customers.domain.recording import OrderPlaced
from knowledge_base.records import wiring
from knowledge_base.records.handlers.record_customer_events import handler
from local.workspace import ROOT
from shared.errors import Unavailable
from shared.money import Money
from tests.knowledge_base.customers.facts import ADA, FakeCustomers
from tests.shared.lambda_context import CONTEXT

SAMPLE: dict[str, Any] = json.loads((ROOT / "events/knowledge_base/record_customer_events.json").read_text())


@pytest.fixture
def customers(monkeypatch: pytest.MonkeyPatch) -> FakeCustomers:
    fake = FakeCustomers()
    monkeypatch.setattr(wiring, "customer_facts", lambda: fake)
    return fake


def another(**detail: object) -> dict[str, Any]:
    body = json.loads(SAMPLE["Records"][0]["body"])
    body["detail"] |= detail
    return {**SAMPLE["Records"][0], "messageId": "m2", "body": json.dumps(body)}


def test_each_event_is_recorded(customers: FakeCustomers) -> None:
    for _ in range(2):
        assert handler(SAMPLE, CONTEXT) == {"batchItemFailures": []}
    [fact, again] = customers.facts
    assert fact == again
    assert isinstance(fact, OrderPlaced)
    assert (fact.user_id, fact.number, fact.total) == (ADA, "100001", Money(4595, "GBP"))


def test_what_fails_comes_again_and_keeps_nothing_from_being_recorded(
    customers: FakeCustomers, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = customers.record

    def record_some(fact: Any) -> bool:
        if fact.user_id == ADA:
            raise Unavailable("down")
        return record(fact)

    monkeypatch.setattr(customers, "record", record_some)
    answer = handler({"Records": [*SAMPLE["Records"], another(userId="ben")]}, CONTEXT)
    assert answer == {"batchItemFailures": [{"itemIdentifier": SAMPLE["Records"][0]["messageId"]}]}
    assert [fact.user_id for fact in customers.facts] == ["ben"]
