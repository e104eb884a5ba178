import json
from datetime import UTC, datetime, timedelta

import pytest

from commerce.access import wiring
from commerce.access.handlers.note_access_end import handler
from local.workspace import ROOT
from tests.shared.auth.fake_ends import FakeEnds
from tests.shared.lambda_context import CONTEXT

SAMPLE = json.loads((ROOT / "events/commerce/note_access_end.json").read_text())


@pytest.fixture(autouse=True)
def ends(monkeypatch: pytest.MonkeyPatch) -> FakeEnds:
    ends = FakeEnds()
    monkeypatch.setattr(wiring, "access_ends", lambda: ends)
    return ends


def test_the_end_of_a_users_access_is_noted(ends: FakeEnds) -> None:
    handler(SAMPLE, CONTEXT)
    user_id, at = SAMPLE["detail"]["userId"], datetime.fromisoformat(SAMPLE["detail"]["occurredAt"])
    assert ends.ends == {user_id: at}


def test_an_earlier_end_that_comes_later_changes_nothing(ends: FakeEnds) -> None:
    later = datetime.now(UTC) + timedelta(days=1)
    ends.end(SAMPLE["detail"]["userId"], later)
    handler(SAMPLE, CONTEXT)
    assert ends.ends == {SAMPLE["detail"]["userId"]: later}
