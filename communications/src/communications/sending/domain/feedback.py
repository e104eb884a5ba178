"""What the mail provider reports of a mail afterwards: that it has accepted it, that it bounced, that it is spam."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from communications.sending.domain.outbox import LateChange, Outbox, OutboxRow, SendState, changed
from communications.sending.domain.suppressions import (
    Feedback,
    Suppressions,
    suppress_after_bounce,
    suppress_after_spam_report,
)


class Report(StrEnum):
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    BOUNCED = "bounced"
    UNDELIVERABLE = "undeliverable"
    SPAM = "reported-as-spam"


@dataclass(frozen=True, slots=True)
class MailEvent:
    """`outbox_id` is None of mail that no row of the outbox has sent."""

    id: str
    report: Report
    outbox_id: str | None
    provider_id: str
    addresses: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class MailReports:
    outbox: Outbox
    suppressions: Suppressions

    def note(self, event: MailEvent) -> str:
        """What came of it. In any order, and repeated, it comes to the same. Raises Unavailable."""
        row = self.outbox.find(event.outbox_id) if event.outbox_id else None
        match event.report:
            case Report.ACCEPTED:
                self._change(row, lambda row: row.sent(event.provider_id, ["email"]))
            case Report.REJECTED:
                self._fail(row, event)
            case Report.BOUNCED | Report.UNDELIVERABLE:
                self._fail(row, event)
                for feedback in _feedback(event, row):
                    permanent = event.report is Report.BOUNCED
                    suppress_after_bounce(self.suppressions, feedback, event.at, permanent=permanent)
            case Report.SPAM:
                for feedback in _feedback(event, row):
                    suppress_after_spam_report(self.suppressions, feedback, event.at)
        return event.report.value if row else f"{event.report}, no row"

    def _fail(self, row: OutboxRow | None, event: MailEvent) -> None:
        def fail(row: OutboxRow) -> OutboxRow:
            accepted = row.sent(event.provider_id, ["email"]) if row.state is not SendState.FAILED else row
            return accepted.failed(event.report.value)

        self._change(row, fail)

    def _change(self, row: OutboxRow | None, change: Callable[[OutboxRow], OutboxRow]) -> None:
        if row is not None:
            with suppress(LateChange):
                changed(self.outbox, row.outbox_id, change)


def _feedback(event: MailEvent, row: OutboxRow | None) -> list[Feedback]:
    user_id, category = (row.user_id, row.category) if row else (None, None)
    return [Feedback(event.id, address, user_id, category) for address in event.addresses]
