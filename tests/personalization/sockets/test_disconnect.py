from datetime import UTC, datetime

from personalization.sockets.handlers.disconnect import handler
from shared.auth.callers import Caller
from shared.sockets.connections import Connection
from tests.personalization.runs.fakes import Live
from tests.shared.lambda_context import CONTEXT


def test_a_socket_that_closes_is_forgotten_and_closing_twice_is_as_good(stage: Live) -> None:
    now = datetime.now(UTC)
    for connection_id in ("c1", "c2"):
        stage.connections.add(Connection(connection_id, Caller("ada"), "s1"), now)
    for _ in range(2):
        assert handler({"requestContext": {"connectionId": "c1"}}, CONTEXT) == {"statusCode": 200}
    assert stage.connections.of_user("ada", now) == ("c2",)
