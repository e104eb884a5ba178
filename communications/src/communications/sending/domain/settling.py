"""What people do about messages that could not be sent, or of which nobody can say whether they were."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import partial

from communications.sending.domain.outbox import LateChange, Outbox, OutboxRow, SendState, changed

_LISTED = 1_000


class Step(StrEnum):
    SEND = "sent within a minute"
    DROP = "dropped: it is of no more use"
    LEAVE = "left as it is"
    MISSING = "there is no such row"


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be done, or was done, about a row; `state` is the one that it was found in."""

    outbox_id: str
    step: Step
    state: SendState | None
    reason: str | None = None

    @classmethod
    def of(cls, row: OutboxRow, after: OutboxRow | None) -> "Plan":
        """`after` is the row as it is to be; None where it is left as it is."""
        step = Step.LEAVE if after is None else Step.DROP if after.state is SendState.EXPIRED else Step.SEND
        return cls(row.outbox_id, step, row.state, row.reason)


def hastened(row: OutboxRow, now: datetime) -> OutboxRow | None:
    """What waits is due; what has waited for too long is dropped. None of anything else: it may have been sent."""
    if row.state is not SendState.PENDING:
        return None
    return row.expired() if row.has_expired(now) else replace(row, due_at=now)


@dataclass(frozen=True, slots=True)
class Settling:
    outbox: Outbox

    def unknown(self, now: datetime, limit: int = _LISTED) -> Sequence[OutboxRow]:
        """The longest waiting first."""
        found = map(self.outbox.find, self.outbox.due(SendState.UNKNOWN, now, limit))
        return [row for row in found if row is not None and row.state is SendState.UNKNOWN]

    def of_user(self, user_id: str, limit: int) -> Sequence[OutboxRow]:
        """The newest first."""
        found = map(self.outbox.find, self.outbox.of_user(user_id, limit))
        return [row for row in found if row is not None]

    def redrive(self, outbox_id: str, now: datetime, *, dry_run: bool) -> Plan:
        """Have the row of a dead letter sent, if it waits for that. What may have been sent is left as it is."""
        return self._settled(outbox_id, partial(hastened, now=now), dry_run=dry_run)

    def resend(self, outbox_id: str, now: datetime, *, dry_run: bool) -> Plan:
        """Send what is unknown or has failed again. Where the provider had accepted it, it comes twice."""
        return self._settled(outbox_id, lambda row: row.resent(now), dry_run=dry_run)

    def _settled(self, outbox_id: str, change: Callable[[OutboxRow], OutboxRow | None], *, dry_run: bool) -> Plan:
        row = self.outbox.find(outbox_id)
        if row is None:
            return Plan(outbox_id, Step.MISSING, None)
        try:
            after = change(row) if dry_run else changed(self.outbox, outbox_id, change)
        except LateChange:
            after = None
        return Plan.of(row, after)
