"""Reports of conversations, and what staff do about them: every look at one and every decision is kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from communications.conversations.domain.changing import Changing
from communications.conversations.domain.conversations import Conversations, membership_of
from communications.conversations.domain.messages import Messages
from communications.conversations.domain.reading import MessagePage, Position, Reading
from communications.conversations.domain.sending import Answers
from shared.auth.callers import Caller
from shared.errors import Conflict, FieldError, Invalid, NotFound
from shared.idempotency.claims import RECORD, Claim, KeyInUse, once
from shared.ids import new_id
from shared.persistence.unit_of_work import UnitOfWork, WriteRefused

REPORT = "report"
"""What the write of a report is called where a transaction says what was refused."""


class State(StrEnum):
    OPEN = "open"
    DECIDED = "decided"


class Act(StrEnum):
    """What staff did: they looked at it, began to remove messages, decided."""

    READ = "read"
    REMOVING = "removing"
    DECIDED = "decided"


class Decision(StrEnum):
    DISMISS = "dismiss"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class TrailEntry:
    at: datetime
    by: str
    act: Act
    decision: Decision | None = None
    note: str = ""
    message_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """`seq` is how far the conversation had come for whoever reported it: staff see no further."""

    report_id: str
    conversation_id: str
    reporter_id: str
    reason: str
    seq: int
    reported_at: datetime
    state: State = State.OPEN
    trail: tuple[TrailEntry, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class ReportPage:
    items: Sequence[Report]
    after: str | None


class Reports(Protocol):
    """Every method raises Unavailable."""

    def add(self, report: Report, unit_of_work: UnitOfWork) -> None: ...

    def find(self, report_id: str) -> Report | None:
        """With its trail."""
        ...

    def listed(self, state: State, after: str | None, limit: int) -> ReportPage:
        """Without their trails, the newest first."""
        ...

    def append(self, report_id: str, entry: TrailEntry) -> None:
        """Nothing in a trail is ever written over: of entries of the same millisecond, later ones move on."""
        ...

    def decide(self, report_id: str, entry: TrailEntry) -> bool:
        """Append the decision and close the report; False, and nothing written, if it is closed already."""
        ...


@dataclass(frozen=True, slots=True)
class ReportView:
    """`messages` are those of whoever reported; None if they are no longer here."""

    report: Report
    members: tuple[str, ...]
    messages: MessagePage | None


@dataclass(frozen=True, slots=True)
class Moderation:
    reports: Reports
    conversations: Conversations
    messages: Messages
    reading: Reading
    changing: Changing
    first_answers: Answers
    unit_of_work: Callable[[], UnitOfWork]

    def report(self, user_id: str, conversation_id: str, reason: str, claim: Claim | None, now: datetime) -> None:
        """Raises NotFound unless the user is a member."""
        seen = membership_of(user_id, conversation_id, self.conversations)

        def effect() -> None:
            work = self.unit_of_work()
            report = Report(
                report_id=new_id(now),
                conversation_id=conversation_id,
                reporter_id=user_id,
                reason=reason,
                seq=seen.last_seq,
                reported_at=now,
            )
            self.reports.add(report, work)
            self.first_answers.record(claim.answered(None, now) if claim else None, work)
            try:
                work.commit()
            except WriteRefused as error:
                if RECORD in error.refused:
                    raise KeyInUse from error
                raise

        once(claim, self.first_answers, now, effect)

    def look_at(
        self, caller: Caller, report_id: str, position: Position | None, limit: int, now: datetime
    ) -> ReportView:
        """The report with what was reported, after noting that the caller looks at it. Raises NotFound."""
        report = self._found(report_id)
        self.reports.append(report_id, TrailEntry(now, caller.user_id, Act.READ))
        conversation = self.conversations.find(report.conversation_id)
        try:
            until = position or Position(report.seq)
            page = self.reading.page(report.reporter_id, report.conversation_id, None, until, limit)
        except NotFound:
            page = None
        return ReportView(report, conversation.members if conversation else (), page)

    def decide(
        self, caller: Caller, report_id: str, decision: Decision, message_ids: Sequence[str], note: str, now: datetime
    ) -> Report:
        """Dismiss the report, or remove messages of it everywhere. Whoever is a member leaves it to others.

        A removal that broke off is repeated by deciding again. Raises NotFound; Conflict; Invalid.
        """
        report = self._found(report_id)
        conversation = self.conversations.find(report.conversation_id)
        if conversation and caller.user_id in conversation.members:
            raise Conflict("You are a member of this conversation: somebody else must decide.")
        if report.state is State.DECIDED:
            raise Conflict("It has been decided about this report.")
        senders = self._senders(report, message_ids)
        ids = tuple(message_ids)
        if ids:
            self.reports.append(report_id, TrailEntry(now, caller.user_id, Act.REMOVING, decision, note, ids))
        for message_id, sender_id in zip(ids, senders, strict=True):
            self.changing.remove(sender_id, message_id, now)
        if not self.reports.decide(report_id, TrailEntry(now, caller.user_id, Act.DECIDED, decision, note, ids)):
            raise Conflict("It has been decided about this report.")
        return self._found(report_id)

    def _found(self, report_id: str) -> Report:
        report = self.reports.find(report_id)
        if report is None:
            raise NotFound("There is no such report.")
        return report

    def _senders(self, report: Report, message_ids: Sequence[str]) -> Sequence[str]:
        """Of messages that belong to what was reported."""
        copies = self.messages.find_all([(message_id, report.reporter_id) for message_id in message_ids])
        senders = {
            copy.message_id: copy.sender_id
            for copy in copies
            if copy.conversation_id == report.conversation_id and copy.seq is not None and copy.seq <= report.seq
        }
        wrong = [
            FieldError(f"messageIds[{number}]", "is no message of this report")
            for number, message_id in enumerate(message_ids)
            if message_id not in senders
        ]
        if wrong:
            raise Invalid("Only messages of the report can be removed.", wrong)
        return [senders[message_id] for message_id in message_ids]
