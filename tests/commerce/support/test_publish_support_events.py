import json
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest

from commerce.support import wiring
from commerce.support.adapters.records import SessionRecord
from commerce.support.domain.history import Session
from commerce.support.handlers.publish_support_events import handler
from local.workspace import ROOT
from shared.events.event_bridge import EventBus
from tests.shared.events.streamed import Bridge, failures, stream
from tests.shared.lambda_context import CONTEXT

SAMPLE = json.loads((ROOT / "events/commerce/publish_support_events.json").read_text())
IMAGE: dict[str, Any] = SAMPLE["Records"][0]["dynamodb"]["NewImage"]


@pytest.fixture(autouse=True)
def bridge(monkeypatch: pytest.MonkeyPatch) -> Bridge:
    bridge = Bridge()
    monkeypatch.setattr(wiring, "event_bus", lambda: EventBus(bridge, "bus-1", "almoner.commerce"))
    return bridge


def test_a_message_is_published_without_a_word_of_it(bridge: Bridge) -> None:
    for _ in range(2):
        assert handler(SAMPLE, CONTEXT) == failures()
    first, second = bridge.entries
    assert first == second
    assert (first["Source"], first["DetailType"]) == ("almoner.commerce", "ChatTurnTaken")
    assert json.loads(first["Detail"]) == {
        "id": IMAGE["runId"]["S"],
        "version": 1,
        "occurredAt": "2026-01-01T00:00:00.000Z",
        "userId": IMAGE["userId"]["S"],
        "data": {"sessionId": IMAGE["sessionId"]["S"]},
    }


def test_a_session_is_no_news(bridge: Bridge) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    session = SessionRecord.of(Session("s1", "ada", at, at)).to_dynamodb_dict()
    assert handler(stream([session]), CONTEXT) == failures()
    assert bridge.entries == []


def test_a_row_that_is_no_message_fails(bridge: Bridge) -> None:
    broken = deepcopy(IMAGE)
    del broken["runId"]
    assert handler(stream([broken, IMAGE]), CONTEXT) == failures("s0")
    assert len(bridge.entries) == 1
