"""What clients send: checked by these models in the function, and by the JSON schemas made of them at the gateway."""

from typing import Annotated

from pydantic import (
    AfterValidator,
    Field,
)

from shared.http.fields import Body, SessionId, UserId, written


class AskAgent(Body):
    """POST /agent, POST /agent/runs"""

    user_id: UserId
    input: Annotated[str, Field(min_length=1, max_length=8000), AfterValidator(written)]
    session_id: SessionId
