"""The streams of users and erasures: what each change says, whenever it is published."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from communications.users import wiring
from communications.users.adapters.records import UserRecord
from communications.users.domain.users import User
from communications.users.handlers.publish_user_events import handler
from local.workspace import ROOT
from shared.events.event_bridge import EventBus
from tests.communications.examples import NOW, a_user, number_of
from tests.identity.registration.test_post_confirmation import Bridge
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


def changed(before: User, **changes: Any) -> dict[str, Any]:
    after = replace(before, version=before.version + 1, updated_at=NOW + timedelta(hours=1), **changes)
    images = {"OldImage": UserRecord.of(before).serialize(), "NewImage": UserRecord.of(after).serialize()}
    record: dict[str, Any] = SAMPLE["Records"][0]
    return record | {"eventName": "MODIFY", "dynamodb": {**images, "SequenceNumber": "1"}}


def test_changed_addresses_are_news_with_those_before(monkeypatch: pytest.MonkeyPatch) -> None:
    bridge = Bridge()
    monkeypatch.setattr(wiring, "event_bus", lambda: EventBus(bridge, "bus-1", "almoner.communications"))
    records = [changed(a_user("ada"), email="new@example.org"), changed(a_user("bob"), phone="+447700900999")]

    for record in [*records, *records]:
        assert handler({"Records": [record]}, CONTEXT) == {"batchItemFailures": []}

    email, phone, *again = bridge.events
    assert again == [email, phone]
    assert email.id != phone.id
    assert [entry["DetailType"] for entry in bridge.entries[:2]] == ["UserEmailChanged", "UserPhoneChanged"]
    assert email.data == {"version": 4, "email": "new@example.org", "previousEmail": "ada@example.org"}
    assert (phone.user_id, phone.data) == ("bob", {"version": 4, "previousPhone": number_of("bob")})
    assert email.occurred_at == NOW + timedelta(hours=1)


def test_other_changes_and_addresses_that_were_given_up_are_no_news(monkeypatch: pytest.MonkeyPatch) -> None:
    bridge = Bridge()
    monkeypatch.setattr(wiring, "event_bus", lambda: EventBus(bridge, "bus-1", "almoner.communications"))
    records = [changed(a_user("ada"), last_name="King"), changed(a_user("bob"), email="", phone=None)]

    assert handler({"Records": records}, CONTEXT) == {"batchItemFailures": []}
    assert bridge.events == []
