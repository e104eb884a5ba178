import json
from datetime import datetime

import pytest

from identity.access import wiring
from identity.access.domain.ending import Ending
from identity.access.handlers.end_erased_access import handler
from local.workspace import ROOT
from shared.events.event_bridge import EventBus
from tests.identity.registration.test_post_confirmation import Bridge
from tests.shared.auth.fake_ends import FakeEnds
from tests.shared.lambda_context import CONTEXT

SAMPLE = json.loads((ROOT / "events" / "identity" / "end_erased_access.json").read_text())
USER, AT = SAMPLE["detail"]["userId"], datetime.fromisoformat(SAMPLE["detail"]["occurredAt"])


def test_whoever_is_erased_is_signed_in_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    bridge, ends = Bridge(), FakeEnds()
    ending = Ending(ends, EventBus(bridge, "bus-1", "almoner.identity"))
    monkeypatch.setattr(wiring, "ending", lambda: ending)

    handler(SAMPLE, CONTEXT)
    handler(SAMPLE, CONTEXT)

    first, again = bridge.events
    assert first == again
    assert (first.user_id, first.occurred_at, first.data) == (USER, AT, {"how": "erasure"})
    assert bridge.entries[0]["DetailType"] == "UserAccessEnded"
    assert ends.ends == {USER: AT}
