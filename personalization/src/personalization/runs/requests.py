"""What clients send over a socket: questions and articles."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from personalization.agent.domain.conversation import Question
from personalization.articles.requests import StartArticleRun
from personalization.runs.domain.messages import AgentMessage, ArticleMessage
from shared.http.bodies import checked
from shared.http.fields import NOT_NULL, Body, MessageId, SessionId, written
from shared.http.forms import Form
from shared.idempotency.claims import claim_of
from shared.sockets.connections import Connection


class AskLive(Body):
    """A message to the agent over a socket: in the socket's conversation, or in another of the user's."""

    action: Literal["message"]
    input: Annotated[str, Field(min_length=1, max_length=8000), AfterValidator(written)]
    session_id: Annotated[SessionId | None, NOT_NULL] = None
    message_id: Annotated[MessageId | None, NOT_NULL] = None


class SendArticle(StartArticleRun):
    """An article to a project over a socket, as POST …/runs takes it."""

    action: Literal["message"]
    project_id: Annotated[str, Form(r"[A-Za-z0-9_-]{1,128}", "a project's id")]
    message_id: Annotated[MessageId | None, NOT_NULL] = None


def read_message(connection: Connection, message: Mapping[str, Any]) -> AgentMessage | ArticleMessage:
    """To a project, if it names one or has an article; otherwise to the agent. Raises Invalid."""
    is_article = not message.keys().isdisjoint({"projectId", "article"})
    return _article_message(connection, message) if is_article else _agent_message(connection, message)


def _article_message(connection: Connection, message: Mapping[str, Any]) -> ArticleMessage:
    body, user_id = checked(SendArticle, message), connection.caller.user_id
    sent = body.model_dump(mode="json", exclude={"action", "message_id"})
    claim = claim_of(user_id, "socket message", body.message_id, sent, field="messageId")
    return ArticleMessage(body.to_request(body.project_id), claim)


def _agent_message(connection: Connection, message: Mapping[str, Any]) -> AgentMessage:
    body, user_id = checked(AskLive, message), connection.caller.user_id
    question = Question(user_id, body.session_id or connection.session_id, body.input, requested_by=user_id)
    claim = claim_of(user_id, "socket message", body.message_id, [body.input], field="messageId")
    return AgentMessage(question, claim)
