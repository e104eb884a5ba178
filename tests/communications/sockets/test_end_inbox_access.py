import json
from datetime import datetime, timedelta

from communications.sockets.handlers.end_inbox_access import handler
from local.workspace import ROOT
from tests.communications.sockets.fakes import Stage
from tests.shared.lambda_context import CONTEXT

SAMPLE = json.loads((ROOT / "events/communications/end_inbox_access.json").read_text())
USER, AT = SAMPLE["detail"]["userId"], datetime.fromisoformat(SAMPLE["detail"]["occurredAt"])


def test_the_end_of_a_users_access_is_noted_and_closes_their_sockets(stage: Stage) -> None:
    stage.open("c1", "c2", user_id=USER, at=AT)
    stage.open("c3", user_id="ben", at=AT)

    handler(SAMPLE, CONTEXT)

    assert stage.access_ends.ends == {USER: AT}
    assert stage.sender.closed == ["c1", "c2"]
    assert set(stage.connections.by_id) == {"c3"}


def test_an_earlier_end_that_comes_later_changes_nothing(stage: Stage) -> None:
    later = AT + timedelta(days=1)
    stage.access_ends.end(USER, later)
    stage.open("c1", user_id=USER, at=later)

    handler(SAMPLE, CONTEXT)

    assert stage.access_ends.ends == {USER: later}
    assert stage.sender.closed == []
