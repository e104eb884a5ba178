"""What users receive about conversations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from communications.conversations.domain.blocks import Block, BlockPage
from communications.conversations.domain.conversations import Membership
from communications.conversations.domain.messages import Message
from communications.conversations.domain.reading import ConversationPage, MessagePage, Position
from communications.conversations.domain.reports import Act, Decision, Report, ReportPage, ReportView, State
from shared.errors import FieldError, Malformed
from shared.http.cursors import Cursors

_PREVIEW = 200


@dataclass(frozen=True, slots=True)
class SentMessage:
    message_id: str
    conversation_id: str
    sender_id: str
    content: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class ReceivedMessage:
    """`seq` is its number in the inbox of whoever reads it; `read` says of one's own whether somebody has read it."""

    message_id: str
    seq: int
    sender_id: str
    content: str
    read: bool
    created_at: datetime
    updated_at: datetime
    deleted: bool


@dataclass(frozen=True, slots=True)
class MessagesAnswer:
    """`up_to` is where to go on with `since` once all pages are read."""

    items: Sequence[ReceivedMessage]
    next_cursor: str | None
    up_to: int


@dataclass(frozen=True, slots=True)
class Member:
    """`name` is empty for whoever has left."""

    user_id: str
    name: str


@dataclass(frozen=True, slots=True)
class LastMessage:
    """The first 200 characters of its content."""

    message_id: str
    sender_id: str
    content: str
    created_at: datetime
    deleted: bool


@dataclass(frozen=True, slots=True)
class ConversationAnswer:
    conversation_id: str
    members: Sequence[Member]
    last_message: LastMessage
    unread: int


@dataclass(frozen=True, slots=True)
class ConversationsAnswer:
    """`unread` counts the messages of all conversations."""

    items: Sequence[ConversationAnswer]
    unread: int
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class BlocksAnswer:
    items: Sequence[Block]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class ReportSummary:
    report_id: str
    conversation_id: str
    reporter_id: str
    reason: str
    state: State
    reported_at: datetime


@dataclass(frozen=True, slots=True)
class ReportsAnswer:
    items: Sequence[ReportSummary]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class TrailAnswer:
    """What staff did, by whom and when."""

    at: datetime
    by: str
    act: Act
    decision: Decision | None
    note: str
    message_ids: Sequence[str]


@dataclass(frozen=True, slots=True)
class ReportAnswer:
    """`messages` is a page of what had been said when it was reported, the newest first."""

    report_id: str
    conversation_id: str
    reporter_id: str
    reason: str
    state: State
    reported_at: datetime
    trail: Sequence[TrailAnswer]
    members: Sequence[str]
    messages: Sequence[ReceivedMessage]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class DecidedReport:
    report_id: str
    state: State
    trail: Sequence[TrailAnswer]


def sent_message(message: Message) -> SentMessage:
    return SentMessage(
        message.message_id,
        message.conversation_id,
        message.sender_id,
        message.content,
        message.created_at,
        message.updated_at,
    )


def messages_answer(page: MessagePage, scope: str, cursors: Cursors) -> MessagesAnswer:
    return MessagesAnswer(_received(page), cursors.make(scope, _text(page.following)), page.up_to)


def position_of(text: str | None) -> Position | None:
    """What a cursor of messages says. Raises Malformed."""
    if text is None:
        return None
    try:
        kind, as_of, seq = text.split(":")
        return Position(int(as_of), **{"before" if kind == "before" else "after": int(seq)})
    except ValueError as error:
        message = "must be the nextCursor of a page of this very list"
        raise Malformed(f"The cursor {message}.", [FieldError("cursor", message)]) from error


def conversations_answer(page: ConversationPage, scope: str, cursors: Cursors) -> ConversationsAnswer:
    items = [
        ConversationAnswer(
            each.conversation.conversation_id,
            _members(each.conversation.members, page.names),
            _last(each.last_message),
            each.unread,
        )
        for each in page.items
    ]
    return ConversationsAnswer(items, page.unread, cursors.make(scope, page.after))


def blocks_answer(page: BlockPage, scope: str, cursors: Cursors) -> BlocksAnswer:
    return BlocksAnswer(page.items, cursors.make(scope, page.after))


def reports_answer(page: ReportPage, scope: str, cursors: Cursors) -> ReportsAnswer:
    items = [
        ReportSummary(each.report_id, each.conversation_id, each.reporter_id, each.reason, each.state, each.reported_at)
        for each in page.items
    ]
    return ReportsAnswer(items, cursors.make(scope, page.after))


def report_answer(view: ReportView, scope: str, cursors: Cursors) -> ReportAnswer:
    report, page = view.report, view.messages
    return ReportAnswer(
        report.report_id,
        report.conversation_id,
        report.reporter_id,
        report.reason,
        report.state,
        report.reported_at,
        _trail(report),
        view.members,
        _received(page) if page else (),
        cursors.make(scope, _text(page.following)) if page else None,
    )


def decided_report(report: Report) -> DecidedReport:
    return DecidedReport(report.report_id, report.state, _trail(report))


def _received(page: MessagePage) -> Sequence[ReceivedMessage]:
    return [_received_message(message, page.membership) for message in page.items]


def _received_message(message: Message, membership: Membership) -> ReceivedMessage:
    return ReceivedMessage(
        message.message_id,
        message.seq or 0,
        message.sender_id,
        message.content,
        membership.has_read(message),
        message.created_at,
        message.updated_at,
        message.deleted,
    )


def _text(position: Position | None) -> str | None:
    if position is None:
        return None
    if position.before is not None:
        return f"before:{position.as_of}:{position.before}"
    return f"after:{position.as_of}:{position.after}"


def _members(members: Sequence[str], names: Mapping[str, str]) -> Sequence[Member]:
    return [Member(member, names.get(member, "")) for member in members]


def _last(message: Message) -> LastMessage:
    content = message.content[:_PREVIEW]
    return LastMessage(message.message_id, message.sender_id, content, message.created_at, message.deleted)


def _trail(report: Report) -> Sequence[TrailAnswer]:
    return [
        TrailAnswer(each.at, each.by, each.act, each.decision, each.note, each.message_ids) for each in report.trail
    ]
