from datetime import UTC, datetime
from typing import Any

from communications.sockets.handlers.connection_handler import handler
from shared.errors import Unauthenticated
from tests.communications.sockets.fakes import Stage
from tests.shared.lambda_context import CONTEXT, fails_as

IDENTITY = {"userId": "ada", "groups": "", "signedInAt": "1767225600", "sessionId": "s1"}


def event(route: str, **context: Any) -> dict[str, Any]:
    return {"requestContext": {"routeKey": route, "connectionId": "c1", **context}}


def test_a_socket_is_registered_until_it_closes(stage: Stage) -> None:
    assert handler(event("$connect", authorizer=IDENTITY), CONTEXT) == {"statusCode": 200}
    assert stage.connections.of_user("ada", datetime.now(UTC)) == ("c1",)

    for _ in range(2):
        assert handler(event("$disconnect"), CONTEXT) == {"statusCode": 200}
    assert stage.connections.by_id == {}


def test_a_socket_that_no_authorizer_has_seen_is_refused(stage: Stage) -> None:
    with fails_as(Unauthenticated):
        handler(event("$connect"), CONTEXT)
    assert stage.connections.by_id == {}
