"""What clients send: which run they mean, and questions over a socket."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from personalization.agent.domain.conversation import Question
from personalization.runs.domain.messages import AgentMessage
from shared.http.bodies import checked
from shared.http.fields import NOT_NULL, Body, MessageId, SessionId, written
from shared.http.request import Request
from shared.idempotency.claims import claim_of
from shared.sockets.connections import Connection


class AskLive(Body):
    """A message to the agent over a socket: in the socket's conversation, or in another of the user's."""

    action: Literal["message"]
    input: Annotated[str, Field(min_length=1, max_length=8000), AfterValidator(written)]
    session_id: Annotated[SessionId | None, NOT_NULL] = None
    message_id: Annotated[MessageId | None, NOT_NULL] = None


def agent_message(connection: Connection, message: Mapping[str, Any]) -> AgentMessage:
    """Raises Invalid."""
    body, user_id = checked(AskLive, message), connection.caller.user_id
    question = Question(user_id, body.session_id or connection.session_id, body.input, requested_by=user_id)
    claim = claim_of(user_id, "socket message", body.message_id, [body.input], field="messageId")
    return AgentMessage(question, claim)


def run_key(request: Request) -> tuple[str, str, str]:
    """The ids of the run that a path names, of the caller whose run it has to be, and of the run's subject."""
    user_id = request.caller.user_id
    subject = request.path("projectId") if "{projectId}" in request.route.path else user_id
    return request.path("runId"), user_id, subject
