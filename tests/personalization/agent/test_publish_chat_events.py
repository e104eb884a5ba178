import json
from copy import deepcopy
from typing import Any

import pytest

from local.workspace import ROOT
from personalization.agent import wiring
from personalization.agent.handlers.publish_chat_events import handler
from shared.events.event_bridge import EventBus
from tests.shared.events.streamed import Bridge, failures, stream
from tests.shared.lambda_context import CONTEXT

SAMPLE = json.loads((ROOT / "events/personalization/publish_chat_events.json").read_text())
IMAGE: dict[str, Any] = SAMPLE["Records"][0]["dynamodb"]["NewImage"]


@pytest.fixture(autouse=True)
def bridge(monkeypatch: pytest.MonkeyPatch) -> Bridge:
    bridge = Bridge()
    monkeypatch.setattr(wiring, "event_bus", lambda: EventBus(bridge, "bus-1", "almoner.personalization"))
    return bridge


def test_a_turn_is_published_without_a_word_of_it(bridge: Bridge) -> None:
    for _ in range(2):
        assert handler(SAMPLE, CONTEXT) == failures()
    first, second = bridge.entries
    assert first == second
    assert (first["Source"], first["DetailType"]) == ("almoner.personalization", "ChatTurnTaken")
    assert json.loads(first["Detail"]) == {
        "id": IMAGE["interactionId"]["S"],
        "version": 1,
        "occurredAt": "2026-01-01T00:00:00.000Z",
        "userId": IMAGE["userId"]["S"],
        "data": {"sessionId": IMAGE["sessionId"]["S"]},
    }


def test_staff_in_a_supporters_place_are_no_news(bridge: Bridge) -> None:
    assert handler(stream([{**IMAGE, "requestedBy": {"S": "priya"}}]), CONTEXT) == failures()
    assert bridge.entries == []


def test_a_row_that_is_no_turn_fails(bridge: Bridge) -> None:
    broken = deepcopy(IMAGE)
    del broken["sessionId"]
    assert handler(stream([broken, IMAGE]), CONTEXT) == failures("s0")
    assert len(bridge.entries) == 1
