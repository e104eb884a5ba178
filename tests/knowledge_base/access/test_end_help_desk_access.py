import json
from datetime import datetime, timedelta

import pytest

from knowledge_base.access.handlers import end_help_desk_access
from local.workspace import ROOT
from tests.shared.auth.fake_ends import FakeEnds
from tests.shared.lambda_context import CONTEXT

SAMPLE = json.loads((ROOT / "events/knowledge_base/end_help_desk_access.json").read_text())
USER, AT = SAMPLE["detail"]["userId"], datetime.fromisoformat(SAMPLE["detail"]["occurredAt"])


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> FakeEnds:
    ends = FakeEnds()
    monkeypatch.setattr(end_help_desk_access, "access_ends", lambda: ends)
    return ends


def test_the_end_of_a_users_access_is_noted(ends: FakeEnds) -> None:
    end_help_desk_access.handler(SAMPLE, CONTEXT)

    assert ends.ends == {USER: AT}


def test_an_earlier_end_that_comes_later_changes_nothing(ends: FakeEnds) -> None:
    ends.end(USER, AT + timedelta(days=1))

    end_help_desk_access.handler(SAMPLE, CONTEXT)

    assert ends.ends == {USER: AT + timedelta(days=1)}
