import json
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest

from identity.access import wiring
from identity.access.domain.ending import Ending
from identity.access.handlers.publish_user_access_ended import handler
from local.workspace import ROOT
from shared.events.domain_events import DomainEvent
from shared.events.event_bridge import EventBus, NotPublished
from tests.identity.registration.test_post_confirmation import Bridge
from tests.shared.auth.fake_ends import FakeEnds
from tests.shared.lambda_context import CONTEXT, fails_as

SAMPLE = ROOT / "events" / "identity" / "publish_user_access_ended.json"


@cache
def ends() -> FakeEnds:
    return FakeEnds()


def use(bridge: Bridge, monkeypatch: pytest.MonkeyPatch) -> None:
    ending = Ending(ends(), EventBus(bridge, "bus-1", "almoner.identity"))
    monkeypatch.setattr(wiring, "ending", lambda: ending)


@pytest.fixture(autouse=True)
def bridge(monkeypatch: pytest.MonkeyPatch) -> Bridge:
    bridge = Bridge()
    ends.cache_clear()
    use(bridge, monkeypatch)
    return bridge


def call(**changed: object) -> dict[str, Any]:
    event: dict[str, Any] = json.loads(SAMPLE.read_text())
    return event | {"detail": event["detail"] | changed}


def test_the_end_of_a_users_access_is_published(bridge: Bridge) -> None:
    handler(call(), CONTEXT)
    (event,) = bridge.events
    assert bridge.entries[0]["DetailType"] == "UserAccessEnded"
    assert (event.user_id, event.data) == ("0197a1b2-0000-7000-8000-000000000001", {"how": "AdminUserGlobalSignOut"})
    assert event.occurred_at == datetime(2026, 1, 1, 9, 29, 59, 999000, tzinfo=UTC)
    assert ends().ends == {event.user_id: event.occurred_at}


@pytest.mark.parametrize("name", ["GlobalSignOut", "AdminDisableUser", "AdminDeleteUser", "AdminRemoveUserFromGroup"])
def test_nobody_signs_in_in_the_second_of_a_call_that_no_sign_in_follows(name: str, bridge: Bridge) -> None:
    handler(call(eventName=name), CONTEXT)
    (event,) = bridge.events
    assert event.occurred_at == datetime(2026, 1, 1, 9, 30, tzinfo=UTC)


def test_a_repeated_delivery_publishes_the_same_event(bridge: Bridge) -> None:
    handler(call(), CONTEXT)
    handler(call(), CONTEXT)
    first, again = bridge.events
    assert isinstance(first, DomainEvent)
    assert first == again


@pytest.mark.parametrize("changed", [{"errorCode": "UserNotFoundException"}, {"additionalEventData": None}])
def test_a_call_that_ended_nobodys_access_is_no_event(bridge: Bridge, changed: dict[str, object]) -> None:
    handler(call(**changed), CONTEXT)
    assert bridge.events == []


def test_a_bus_that_refuses_fails_the_invocation(monkeypatch: pytest.MonkeyPatch) -> None:
    use(Bridge(refuses=True), monkeypatch)
    with fails_as(NotPublished):
        handler(call(), CONTEXT)
    assert ends().ends == {}
