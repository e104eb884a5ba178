import json
from typing import Any

import pytest

from communications.conversations import wiring
from communications.conversations.handlers.publish_message_events import handler
from local.workspace import ROOT
from shared.events.event_bridge import EventBus
from tests.shared.lambda_context import CONTEXT

ADA, PRIYA = "9c7d5e2a-4f1b-4c8e-9a3d-2b6f8e1c0d47", "1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9"
MESSAGE = "019c21ac-ec65-768f-97de-ebcdf9d43103"


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = []

    class Client:
        def put_events(self, **request: Any) -> dict[str, Any]:
            entries.extend(request["Entries"])
            return {"Entries": [{} for _ in request["Entries"]]}

    bus = EventBus(Client(), "bus", "almoner.communications")
    monkeypatch.setattr(wiring, "event_bus", lambda: bus)
    return entries


def sample(**changes: Any) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((ROOT / "events" / "communications" / "publish_message_events.json").read_text())
    image = event["Records"][0]["dynamodb"]["NewImage"]
    for name, value in changes.items():
        if value is None:
            del image[name]
        else:
            image[name] = value
    return event


def test_message_that_has_arrived_is_published_for_its_recipient(published: list[dict[str, Any]]) -> None:
    assert handler(sample(), CONTEXT) == {"batchItemFailures": []}

    [entry] = published
    detail = json.loads(entry["Detail"])
    assert (entry["Source"], entry["DetailType"]) == ("almoner.communications", "MessageSent")
    assert (detail["id"], detail["userId"]) == (f"MessageSent-{MESSAGE}-{ADA}", ADA)
    assert detail["data"]["messageId"] == MESSAGE
    assert detail["data"]["senderId"] == PRIYA
    assert "Good morning" not in entry["Detail"]


@pytest.mark.parametrize("changes", [{"userId": {"S": PRIYA}}, {"seq": None}])
def test_senders_and_withheld_copies_are_no_news(published: list[dict[str, Any]], changes: dict[str, Any]) -> None:
    assert handler(sample(**changes), CONTEXT) == {"batchItemFailures": []}
    assert published == []
