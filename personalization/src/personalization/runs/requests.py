"""What clients send: which run they mean, and a question over a socket."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from shared.http.bodies import MessageId
from shared.http.fields import Body, SessionId, not_null, written
from shared.http.request import Request


class AskLive(Body):
    """A message to the agent over a socket: in the socket's conversation, or in another of the user's."""

    action: Literal["message"]
    input: Annotated[str, Field(min_length=1, max_length=8000), AfterValidator(written)]
    session_id: Annotated[SessionId | None, BeforeValidator(not_null)] = None
    message_id: Annotated[MessageId | None, BeforeValidator(not_null)] = None


def run_key(request: Request) -> tuple[str, str, str]:
    """The ids of the run that a path names, of the caller whose run it has to be, and of the run's subject."""
    user_id = request.caller.user_id
    subject = request.path("projectId") if "{projectId}" in request.route.path else user_id
    return request.path("runId"), user_id, subject
