"""What clients send: checked by these models in the function, and by the JSON schemas made of them at the gateway."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from shared.wire import camel


def _written(text: str) -> str:
    """Line breaks and tabs are writing; other control characters are not."""
    if any(unicodedata.category(character) == "Cc" and character not in "\n\r\t" for character in text):
        raise ValueError("must not contain control characters")
    if not text.strip():
        raise ValueError("must not be blank")
    return text


type UserId = Annotated[str, StringConstraints(min_length=1, max_length=128)]
type SessionId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class AskAgent(BaseModel):
    """POST /agent"""

    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=camel)

    user_id: UserId
    input: Annotated[str, Field(min_length=1, max_length=8000), AfterValidator(_written)]
    session_id: SessionId
