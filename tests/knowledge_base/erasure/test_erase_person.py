"""UserDeleted → each part is erased, tombstones first, and the context says so."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from knowledge_base.erasure import wiring
from knowledge_base.erasure.handlers.erase_person import handler
from local.workspace import ROOT
from shared.errors import Unavailable
from shared.events.event_bridge import EventBus
from shared.observability.invocations import InvocationFailed
from tests.identity.registration.test_post_confirmation import Bridge
from tests.shared.lambda_context import CONTEXT

SAMPLE: dict[str, Any] = json.loads((ROOT / "events" / "knowledge_base" / "erase_person.json").read_text())


class FakePart:
    def __init__(self, outcome: Callable[[], bool]) -> None:
        self._outcome = outcome
        self.erased = list[str]()

    def erase(self, user_id: str, now: datetime) -> bool:
        assert now.tzinfo
        self.erased.append(user_id)
        return self._outcome()


@pytest.fixture
def bridge(monkeypatch: pytest.MonkeyPatch) -> Bridge:
    bridge = Bridge()
    monkeypatch.setattr(wiring, "event_bus", lambda: EventBus(bridge, "bus-1", "almoner.knowledge_base"))
    return bridge


def gone() -> bool:
    return True


def out_of_reach() -> bool:
    raise Unavailable("The database is out of reach.", 2)


def erase(monkeypatch: pytest.MonkeyPatch, *outcomes: Callable[[], bool]) -> list[FakePart]:
    parts = [FakePart(outcome) for outcome in outcomes]
    monkeypatch.setattr(wiring, "parts", lambda: tuple(parts))
    handler(SAMPLE, CONTEXT)
    return parts


def test_every_part_is_erased_and_the_context_says_so(bridge: Bridge, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = erase(monkeypatch, gone, gone)
    assert [part.erased for part in parts] == [[SAMPLE["detail"]["userId"]]] * 2
    [entry] = bridge.entries
    assert (entry["Source"], entry["DetailType"]) == ("almoner.knowledge_base", "UserErased")
    assert json.loads(entry["Detail"])["data"] == {"context": "knowledge_base"}


def test_nothing_is_said_while_something_stays(bridge: Bridge, monkeypatch: pytest.MonkeyPatch) -> None:
    erase(monkeypatch, gone, lambda: False)
    assert not bridge.entries


def test_a_part_out_of_reach_has_the_event_tried_again(bridge: Bridge, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvocationFailed):
        erase(monkeypatch, gone, out_of_reach)
    assert not bridge.entries
