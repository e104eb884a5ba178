import json
from datetime import UTC, datetime, timedelta

from commerce.support.handlers.end_shop_access import handler
from local.workspace import ROOT
from shared.auth.callers import Caller
from shared.sockets.connections import Connection
from tests.commerce.support.fakes import Live
from tests.shared.lambda_context import CONTEXT

SAMPLE = json.loads((ROOT / "events/commerce/end_shop_access.json").read_text())
USER, AT = SAMPLE["detail"]["userId"], datetime.fromisoformat(SAMPLE["detail"]["occurredAt"])


def test_the_end_of_a_users_access_is_noted_and_closes_their_sockets(stage: Live) -> None:
    for connection_id, user_id in (("c1", USER), ("c2", USER), ("c3", "ben")):
        stage.connections.add(Connection(connection_id, Caller(user_id), "s1"), AT)
    handler(SAMPLE, CONTEXT)
    assert stage.ends.ends == {USER: AT}
    assert stage.sender.closed == ["c1", "c2"]
    assert set(stage.connections.by_id) == {"c3"}


def test_an_earlier_end_that_comes_later_changes_nothing(stage: Live) -> None:
    later = datetime.now(UTC) + timedelta(days=1)
    stage.ends.end(USER, later)
    stage.connections.add(Connection("c1", Caller(USER), "s1"), later)
    handler(SAMPLE, CONTEXT)
    assert stage.ends.ends == {USER: later}
    assert stage.sender.closed == []
