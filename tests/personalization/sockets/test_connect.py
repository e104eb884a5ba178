from datetime import UTC, datetime

from personalization.agent.domain.conversation import SESSION_LIFE
from personalization.sockets.handlers.connect import handler
from shared.errors import Unauthenticated
from tests.personalization.runs.fakes import Live
from tests.shared.lambda_context import CONTEXT, fails_as

IDENTITY = {"userId": "ada", "groups": "", "signedInAt": "1767225600", "sessionId": "s1"}


def test_a_socket_and_its_conversation_are_kept(stage: Live) -> None:
    assert handler({"requestContext": {"connectionId": "c1", "authorizer": IDENTITY}}, CONTEXT) == {"statusCode": 200}
    assert stage.connections.of_user("ada", datetime.now(UTC)) == ("c1",)
    (session,) = stage.sessions.opened
    assert (session.session_id, session.user_id) == ("s1", "ada")
    assert session.expires_at <= datetime.now(UTC) + SESSION_LIFE


def test_a_socket_that_no_authorizer_has_seen_is_refused(stage: Live) -> None:
    with fails_as(Unauthenticated):
        handler({"requestContext": {"connectionId": "c1"}}, CONTEXT)
    assert stage.connections.by_id == {}
