"""What clients send about tickets."""

from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from knowledge_base.tickets.domain.attachments import MAX_BYTES, FileType, WantedFile
from knowledge_base.tickets.domain.canned_replies import MAX_TEXT as MAX_CANNED_TEXT
from knowledge_base.tickets.domain.canned_replies import MAX_TITLE
from knowledge_base.tickets.domain.handling import UNCHANGED, Amendment
from knowledge_base.tickets.domain.stores import Filters
from knowledge_base.tickets.domain.threads import MAX_ATTACHMENTS, MAX_TEXT
from knowledge_base.tickets.domain.tickets import MAX_SUBJECT, Channel, Priority, TicketStatus
from knowledge_base.tickets.domain.writing import Draft, NewTicket
from shared.auth.callers import Caller
from shared.http.fields import DISTINCT, NOT_NULL, Body, Line, UserId, Version, written
from shared.http.parameters import optional_choice, optional_line, optional_text
from shared.http.periods import FROM, TO, read_period
from shared.http.request import Request

_MAX_COMMENT = 2_000

_STATUS = optional_choice("status", TicketStatus)
_ASSIGNEE = optional_text("assignee", description="For staff: the id of somebody of staff, `me`, or `none`.")
_PRIORITY = optional_choice("priority", Priority)
FILTERS = _STATUS, _ASSIGNEE, _PRIORITY, FROM, TO
QUERY = optional_line("q", description="Words of the subject, or a number such as `#1042`.")

type _Text = Annotated[str, Field(min_length=1, max_length=MAX_TEXT), AfterValidator(written)]
type _CannedText = Annotated[str, Field(min_length=1, max_length=MAX_CANNED_TEXT), AfterValidator(written)]
type _Id = Annotated[str, Field(min_length=1, max_length=128)]
type _Attachments = Annotated[
    Annotated[list[_Id], Field(max_length=MAX_ATTACHMENTS), DISTINCT] | None,
    NOT_NULL,
]


def read_filters(request: Request) -> Filters:
    """`assignee` as it was sent. Raises Invalid."""
    return Filters(
        status=request.value(_STATUS),
        assignee=request.value(_ASSIGNEE),
        priority=request.value(_PRIORITY),
        opened=read_period(request),
    )


class OpenTicket(Body):
    """`userId` by staff, for somebody else. `attachments` are ids of `POST /attachments`."""

    MAX_BODY_BYTES: ClassVar[int] = 256 * 1024  # of characters that are escaped, each in 12 bytes

    subject: Annotated[str, Line(MAX_SUBJECT)]
    body: _Text
    channel: Annotated[Channel, Field(strict=False)]
    user_id: Annotated[UserId | None, NOT_NULL] = None
    attachments: _Attachments = None

    def to_new_ticket(self, caller: Caller) -> NewTicket:
        """Raises NotFound where the caller may not ask for that user."""
        user_id = self.user_id or caller.user_id
        caller.require_access_to(user_id)
        return NewTicket(
            user_id=user_id,
            author=caller.user_id,
            subject=self.subject,
            body=self.body,
            channel=self.channel,
            attachments=tuple(self.attachments or ()),
        )


class ReplyToTicket(Body):
    """`note` by staff, for staff."""

    MAX_BODY_BYTES: ClassVar[int] = OpenTicket.MAX_BODY_BYTES

    text: _Text
    note: bool = False
    attachments: _Attachments = None

    def to_draft(self) -> Draft:
        return Draft(self.text, self.note, tuple(self.attachments or ()))


class AmendTicket(Body):
    """`assignee` is the id of somebody of staff; null is nobody. What is left out stays."""

    version: Version
    status: Annotated[Annotated[TicketStatus, Field(strict=False)] | None, NOT_NULL] = None
    assignee: UserId | None = None
    priority: Annotated[Annotated[Priority, Field(strict=False)] | None, NOT_NULL] = None

    def to_amendment(self) -> Amendment:
        assignee = self.assignee if "assignee" in self.model_fields_set else UNCHANGED
        return Amendment(version=self.version, status=self.status, priority=self.priority, assignee=assignee)


class MergeTicket(Body):
    """`into` is the id of another ticket of the same user."""

    into: _Id


class RateTicket(Body):
    score: Annotated[int, Field(ge=1, le=5)]
    comment: Annotated[
        Annotated[str, Field(max_length=_MAX_COMMENT), AfterValidator(written)] | None,
        NOT_NULL,
    ] = None


class OfferAttachment(Body):
    """`size` is the maximum in bytes."""

    name: Annotated[str, Line(200)]
    content_type: Annotated[FileType, Field(strict=False)]
    size: Annotated[int, Field(ge=1, le=MAX_BYTES)]

    def to_wanted(self) -> WantedFile:
        return WantedFile(self.name, self.content_type, self.size)


class AddCannedReply(Body):
    """`text` may have the variables `{{customerName}}`, `{{staffName}}`, `{{number}}` and `{{subject}}`."""

    MAX_BODY_BYTES: ClassVar[int] = 128 * 1024

    title: Annotated[str, Line(MAX_TITLE)]
    text: _CannedText


class AmendCannedReply(AddCannedReply):
    version: Version
