"""The stream of erasures: UserDeleted, once for each."""

import json
from dataclasses import replace

import pytest

from communications.users import wiring
from communications.users.adapters.records import UserRecord
from communications.users.handlers.publish_user_events import handler
from local.workspace import ROOT
from shared.events.event_bridge import EventBus
from tests.communications.examples import a_user
from tests.identity.registration.test_publish_user_registered import Bridge
from tests.shared.lambda_context import CONTEXT

SAMPLE = json.loads((ROOT / "events" / "communications" / "publish_user_events.json").read_text())


def test_whoever_is_erased_is_named_to_every_context(monkeypatch: pytest.MonkeyPatch) -> None:
    bridge = Bridge()
    monkeypatch.setattr(wiring, "event_bus", lambda: EventBus(bridge, "bus-1", "almoner.communications"))

    assert handler(SAMPLE, CONTEXT) == {"batchItemFailures": []}
    handler(SAMPLE, CONTEXT)

    first, again = bridge.events
    assert first == again
    assert (first.user_id, first.data) == ("0197a1b2-0000-7000-8000-000000000001", {})
    assert bridge.entries[0]["DetailType"] == "UserDeleted"


def test_whoever_was_invited_is_registered_and_whoever_signed_up_is_not_again(monkeypatch: pytest.MonkeyPatch) -> None:
    bridge = Bridge()
    monkeypatch.setattr(wiring, "event_bus", lambda: EventBus(bridge, "bus-1", "almoner.communications"))
    users = replace(a_user("zoe", "Zoë Reid"), invited_by="priya"), a_user("ada")
    images = [{"NewImage": UserRecord.of(user).serialize(), "SequenceNumber": "1"} for user in users]
    records = [SAMPLE["Records"][0] | {"dynamodb": image} for image in images]

    assert handler({"Records": records}, CONTEXT) == {"batchItemFailures": []}
    handler({"Records": records}, CONTEXT)

    first, again = bridge.events
    assert first == again
    assert (first.user_id, first.data) == ("zoe", {"name": "Zoë Reid", "email": "zoe@example.org"})
    assert bridge.entries[0]["DetailType"] == "UserRegistered"
