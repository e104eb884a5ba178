"""Every five minutes, whoever is not erased everywhere is named again."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from communications.users import wiring
from communications.users.handlers.look_after_erasures import handler
from local.workspace import ROOT
from shared.events.event_bridge import EventBus
from tests.communications.users.erasure_fakes import FakeErasures
from tests.communications.users.fakes import FakeUsers
from tests.identity.registration.test_post_confirmation import Bridge
from tests.shared.lambda_context import CONTEXT

SAMPLE = json.loads((ROOT / "events" / "communications" / "look_after_erasures.json").read_text())


def test_open_erasures_are_published_again_and_old_ones_counted(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    erasures, bridge, now = FakeErasures(FakeUsers()), Bridge(), datetime.now(UTC)
    erasures.begin("old", now - timedelta(days=8))
    erasures.begin("new", now)
    erasures.begin("done", now - timedelta(days=9))
    erasures.complete("done", now)
    monkeypatch.setattr(wiring, "erasures", lambda: erasures)
    monkeypatch.setattr(wiring, "event_bus", lambda: EventBus(bridge, "bus-1", "almoner.communications"))

    handler(SAMPLE, CONTEXT)
    handler(SAMPLE, CONTEXT)

    assert [event.user_id for event in bridge.events] == ["old", "new"] * 2
    assert {entry["DetailType"] for entry in bridge.entries} == {"UserDeleted"}
    assert len({event.id for event in bridge.events}) == 2
    logged = [vars(record) for record in caplog.records if record.message == "erasures"][-1]
    assert (logged["open"], logged["overdueErasures"], logged["overdueIds"]) == (2, 1, ("old",))
