import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from personalization.supporters import wiring
from personalization.supporters.adapters.records import SupporterRecord
from personalization.supporters.domain.supporter import Consent, Supporter
from personalization.supporters.handlers.publish_consent_events import handler
from shared.dynamodb.records import Image
from shared.events.event_bridge import EventBus
from tests.personalization.examples import NOW, a_supporter
from tests.shared.events.streamed import Bridge, failures, stream_of_changes
from tests.shared.lambda_context import CONTEXT

BEFORE = replace(a_supporter(), consent=(), interests=(), version=1)
AFTER = replace(
    BEFORE,
    consent=(
        Consent("personalisation", False, NOW),
        Consent("marketing", False, NOW + timedelta(days=2)),
        Consent("marketing", True, NOW + timedelta(days=3)),
        Consent("giving-history", True, NOW),
    ),
    interests=("clean water", "education"),
    version=2,
)


@pytest.fixture(autouse=True)
def bridge(monkeypatch: pytest.MonkeyPatch) -> Bridge:
    bridge = Bridge()
    monkeypatch.setattr(wiring, "event_bus", lambda: EventBus(bridge, "bus-1", "almoner.personalization"))
    return bridge


def image(supporter: Supporter | None) -> Image | None:
    return SupporterRecord.of(supporter).to_dynamodb_dict() if supporter else None


def publish(before: Supporter | None, after: Supporter | None) -> None:
    assert handler(stream_of_changes([(image(before), image(after))]), CONTEXT) == failures()


def details(bridge: Bridge) -> list[dict[str, Any]]:
    return [json.loads(entry["Detail"]) for entry in bridge.entries]


def test_what_a_supporter_consents_to_is_published(bridge: Bridge) -> None:
    publish(BEFORE, AFTER)
    [entry] = bridge.entries
    assert (entry["Source"], entry["DetailType"]) == ("almoner.personalization", "SupporterConsentChanged")
    assert details(bridge) == [
        {
            "id": "consent-ada-2",
            "version": 1,
            "occurredAt": "2026-02-06T04:05:06.789Z",
            "userId": "ada",
            "data": {
                "version": 2,
                "consents": ["giving-history", "marketing"],
                "interests": ["clean water", "education"],
            },
        }
    ]


def test_other_changes_and_sign_ups_are_no_news(bridge: Bridge) -> None:
    publish(None, BEFORE)
    publish(AFTER, replace(AFTER, name="Zoë", version=3))
    assert bridge.entries == []


def test_sample_data_comes_with_its_consent(bridge: Bridge) -> None:
    publish(None, AFTER)
    assert details(bridge)[0]["data"]["consents"] == ["giving-history", "marketing"]


def test_withdrawing_and_being_removed_leave_nothing(bridge: Bridge) -> None:
    no = replace(AFTER, consent=(*AFTER.consent, Consent("marketing", False, NOW + timedelta(days=4))), version=3)
    publish(AFTER, no)
    publish(no, None)
    withdrawn, removed = details(bridge)
    assert withdrawn["data"]["consents"] == ["giving-history"]
    assert removed["data"] == {"version": 4, "consents": [], "interests": []}


def test_the_same_change_is_the_same_event(bridge: Bridge) -> None:
    publish(BEFORE, AFTER)
    publish(BEFORE, AFTER)
    first, second = details(bridge)
    assert first == second


def test_row_that_is_no_supporter_fails(bridge: Bridge) -> None:
    changes = [(None, {"userId": {"S": "ada"}}), (image(BEFORE), image(AFTER))]
    assert handler(stream_of_changes(changes), CONTEXT) == failures("s0")
    assert len(bridge.entries) == 1
