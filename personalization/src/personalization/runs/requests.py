"""What clients send over a socket."""

from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
)

from shared.http.bodies import MessageId
from shared.http.fields import Body, SessionId, not_null, written


class AskLive(Body):
    """A message to the agent over a socket: in its conversation, or in another of the user's."""

    action: Literal["message"]
    input: Annotated[str, Field(min_length=1, max_length=8000), AfterValidator(written)]
    session_id: Annotated[SessionId | None, BeforeValidator(not_null)] = None
    message_id: Annotated[MessageId | None, BeforeValidator(not_null)] = None
