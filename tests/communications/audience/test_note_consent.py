import json

import pytest

from communications.audience import wiring
from communications.audience.domain.audience import Member
from communications.audience.handlers.note_consent import handler
from local.workspace import ROOT
from tests.communications.audience.fakes import FakeAudience
from tests.shared.lambda_context import CONTEXT


@pytest.fixture(autouse=True)
def audience(monkeypatch: pytest.MonkeyPatch) -> FakeAudience:
    fake = FakeAudience()
    monkeypatch.setattr(wiring, "audience", lambda: fake)
    return fake


def test_consent_is_noted_once(audience: FakeAudience) -> None:
    event = json.loads((ROOT / "events/communications/note_consent.json").read_text())
    user_id = event["detail"]["userId"]
    for _ in range(2):
        handler(event, CONTEXT)
    assert audience.by_id == {user_id: Member.of(user_id, ["marketing"], ["clean water"], 2)}
    event["detail"]["data"] = {"version": 1, "consents": [], "interests": []}
    handler(event, CONTEXT)
    assert audience.by_id[user_id].consents == {"marketing"}
