from datetime import UTC, datetime

from commerce.support.handlers.support_disconnect import handler
from shared.auth.callers import Caller
from shared.sockets.connections import Connection
from tests.commerce.support.fakes import Live
from tests.shared.lambda_context import CONTEXT


def test_a_closed_socket_is_removed_and_again_changes_nothing(stage: Live) -> None:
    stage.connections.add(Connection("c1", Caller("ada"), "s1"), datetime.now(UTC))
    for _ in range(2):
        handler({"requestContext": {"connectionId": "c1"}}, CONTEXT)
    assert stage.connections.by_id == {}
