"""What clients search for."""

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from shared.http.fields import Body, UserId, normalized, written


class SearchContent(Body):
    user_id: UserId
    query: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(written), BeforeValidator(normalized)]
    limit: Annotated[int, Field(ge=1, le=50)] = 10
    cursor: Annotated[str, Field(min_length=1, max_length=4096)] | None = None
