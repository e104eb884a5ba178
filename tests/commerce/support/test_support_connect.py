from datetime import UTC, datetime

from commerce.support.handlers.support_connect import handler
from shared.errors import Unauthenticated
from tests.commerce.support.fakes import Live
from tests.shared.lambda_context import CONTEXT, fails_as

IDENTITY = {"userId": "ada", "groups": "", "signedInAt": "1767225600", "sessionId": "s1"}


def test_a_socket_is_registered(stage: Live) -> None:
    assert handler({"requestContext": {"connectionId": "c1", "authorizer": IDENTITY}}, CONTEXT) == {"statusCode": 200}
    assert stage.connections.of_user("ada", datetime.now(UTC)) == ("c1",)


def test_a_socket_that_no_authorizer_has_seen_is_refused(stage: Live) -> None:
    with fails_as(Unauthenticated):
        handler({"requestContext": {"connectionId": "c1"}}, CONTEXT)
    assert stage.connections.by_id == {}
