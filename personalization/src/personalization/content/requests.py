"""What clients send: checked by these models in the function, and by the JSON schemas made of them at the gateway."""

from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    Field,
    model_validator,
)

from shared.http.fields import Body, Moment, distinct, printed, written


class PutContent(Body):
    """PUT /content/{contentId}

    `version` is the one that was read; without it, the content is new.
    """

    kind: Literal["campaign", "research", "event", "way-to-help"]
    title: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(printed)]
    summary: Annotated[str, Field(min_length=1, max_length=500), AfterValidator(written)]
    body: Annotated[str, Field(min_length=1, max_length=20_000), AfterValidator(written)]
    tags: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=40), AfterValidator(printed)]],
        Field(max_length=20),
        AfterValidator(distinct),
    ] = []
    url: Annotated[str, Field(max_length=500, pattern=r"^https://[!-~]+$")] | None = None
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    version: Annotated[int, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _only_events_have_times(self) -> "PutContent":
        if (self.kind == "event") != (self.starts_at is not None):
            raise ValueError("startsAt is for events, and every event has one")
        if self.ends_at and not (self.starts_at and self.starts_at <= self.ends_at):
            raise ValueError("endsAt is not before startsAt")
        return self
