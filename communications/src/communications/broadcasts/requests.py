"""What staff send about broadcasts."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from communications.broadcasts.domain.broadcasts import MAX_CONTENT, MAX_INTEREST, MAX_TITLE, Segment, Wanted
from communications.notifications.domain.types import Channel
from shared.http.fields import DISTINCT, NOT_NULL, Body, Line, written
from shared.http.forms import Form


class SegmentBody(Body):
    """Everybody who has consented to marketing; of these, those with the interest, those with the language."""

    interest: Annotated[Annotated[str, Line(MAX_INTEREST)] | None, NOT_NULL] = None
    language: Annotated[Annotated[str, Form(r"[a-z]{2,3}", "a language such as en")] | None, NOT_NULL] = None


class BroadcastBody(Body):
    """`channels` are those that it may use outside of the site. `dryRun` only counts."""

    title: Annotated[str, Line(MAX_TITLE)]
    content: Annotated[str, Field(min_length=1, max_length=MAX_CONTENT), AfterValidator(written)]
    segment: SegmentBody = SegmentBody()
    channels: Annotated[
        list[Literal["in-app", "websocket", "push", "email", "sms"]], Field(min_length=1, max_length=5), DISTINCT
    ]
    dry_run: bool = False

    def to_wanted(self) -> Wanted:
        segment = Segment(self.segment.interest, self.segment.language)
        return Wanted(self.title, self.content, segment, frozenset(map(Channel, self.channels)))
