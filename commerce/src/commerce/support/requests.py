"""What customers send: messages, over a socket or over HTTP."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints

from commerce.support.domain.starting import Question
from shared.http.bodies import checked
from shared.http.fields import NOT_NULL, Body, MessageId, SessionId, written
from shared.idempotency.claims import Claim, claim_of
from shared.sockets.connections import Connection

type _Input = Annotated[str, Field(min_length=1, max_length=8000), AfterValidator(written)]


class AskSupport(Body):
    MAX_BODY_BYTES = 100 * 1024  # 8,000 characters, each escaped as a pair of surrogates

    input: _Input
    session_id: SessionId

    def to_question(self, claim: Claim | None) -> Question:
        return Question(self.session_id, self.input, claim)


class ApproveProposal(Body):
    approval: Annotated[str, StringConstraints(min_length=1, max_length=1000)]


class SupportMessage(Body):
    """A message over a socket: in the socket's conversation, or in another of the customer's."""

    action: Literal["message"]
    input: _Input
    session_id: Annotated[SessionId | None, NOT_NULL] = None
    message_id: Annotated[MessageId | None, NOT_NULL] = None


def question_of(connection: Connection, message: Mapping[str, Any]) -> Question:
    """Raises Invalid."""
    body = checked(SupportMessage, message)
    user_id = connection.caller.user_id
    claim = claim_of(user_id, "support message", body.message_id, [body.input], field="messageId")
    return Question(body.session_id or connection.session_id, body.input, claim)
