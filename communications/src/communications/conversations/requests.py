"""What clients send about conversations."""

from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, Field

from communications.conversations.domain.conversations import MAX_RECIPIENTS
from communications.conversations.domain.messages import MAX_CONTENT
from communications.conversations.domain.reports import Decision
from communications.conversations.domain.sending import Draft
from shared.errors import FieldError, Invalid
from shared.http.fields import DISTINCT, NOT_NULL, Body, UserId, written

_MAX_SEQ = 10**15
_MAX_REASON = 1_000
_MAX_REMOVED = 50

type _Content = Annotated[str, Field(min_length=1, max_length=MAX_CONTENT), AfterValidator(written)]
type _Text = Annotated[str, Field(min_length=1, max_length=_MAX_REASON), AfterValidator(written)]
type _MessageId = Annotated[str, Field(min_length=1, max_length=128)]


class SendMessage(Body):
    """Either `to`, one or more people, or `conversationId`."""

    MAX_BODY_BYTES: ClassVar[int] = 128 * 1024  # of characters that are escaped, each in 12 bytes

    to: Annotated[
        Annotated[list[UserId], Field(min_length=1, max_length=MAX_RECIPIENTS), DISTINCT] | None, NOT_NULL
    ] = None
    conversation_id: Annotated[Annotated[str, Field(min_length=1, max_length=128)] | None, NOT_NULL] = None
    content: _Content

    def to_draft(self) -> Draft:
        """Raises Invalid."""
        if (self.to is None) == (self.conversation_id is None):
            message = "or conversationId is required, and not both"
            raise Invalid(f"to {message}.", [FieldError("to", message)])
        return Draft(self.content, tuple(self.to) if self.to else None, self.conversation_id)


class EditMessage(Body):
    MAX_BODY_BYTES: ClassVar[int] = SendMessage.MAX_BODY_BYTES

    content: _Content


class MarkRead(Body):
    """`upTo` is the number of a message, or `upTo` of a page."""

    up_to: Annotated[int, Field(ge=0, le=_MAX_SEQ)]


class ReportConversation(Body):
    reason: _Text


class DecideReport(Body):
    """`messageIds` for `remove`, and for nothing else; `note` says why."""

    decision: Annotated[Decision, Field(strict=False)]
    note: Annotated[_Text | None, NOT_NULL] = None
    message_ids: Annotated[
        Annotated[list[_MessageId], Field(min_length=1, max_length=_MAX_REMOVED), DISTINCT] | None, NOT_NULL
    ] = None

    def checked(self) -> Self:
        """Raises Invalid."""
        if (self.decision is Decision.REMOVE) != (self.message_ids is not None):
            message = "is required to remove messages, and for nothing else"
            raise Invalid(f"messageIds {message}.", [FieldError("messageIds", message)])
        return self
