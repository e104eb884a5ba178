from datetime import datetime
from typing import Any

from personalization.sockets.handlers.end_access import handler
from shared.auth.callers import Caller
from shared.sockets.connections import Connection
from tests.personalization.runs.fakes import Live
from tests.shared.lambda_context import CONTEXT
from tests.shared.runs.fake_runs import NOW


def ended(occurred_at: str = "2026-03-01T12:00:00.000Z") -> dict[str, Any]:
    detail = {"id": "e1", "version": 1, "occurredAt": occurred_at, "userId": "ada", "data": {"how": "AdminDisableUser"}}
    return {"detail-type": "UserAccessEnded", "detail": detail}


def test_the_end_is_noted_and_the_users_sockets_are_closed(stage: Live) -> None:
    for connection_id, user_id in (("c1", "ada"), ("c2", "ada"), ("c3", "ben")):
        stage.connections.add(Connection(connection_id, Caller(user_id), "s1"), NOW)
    for _ in range(2):
        handler(ended(), CONTEXT)
    assert stage.ends.ends == {"ada": NOW}
    assert stage.sender.closed == ["c1", "c2"]
    assert set(stage.connections.by_id) == {"c3"}


def test_an_earlier_end_that_comes_late_changes_nothing(stage: Live) -> None:
    handler(ended(), CONTEXT)
    handler(ended("2026-02-01T12:00:00.000Z"), CONTEXT)
    assert stage.ends.ends == {"ada": datetime.fromisoformat("2026-03-01T12:00:00Z")}
