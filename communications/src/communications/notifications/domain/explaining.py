"""Why somebody heard of something through each channel, or did not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from communications.notifications.domain.deciding import Outcome, Reason
from communications.notifications.domain.notification import Notification
from communications.notifications.domain.notifications import Decisions, Notifications, Record
from communications.notifications.domain.types import Channel
from communications.sending.domain.outbox import Outbox, SendState
from shared.errors import NotFound


@dataclass(frozen=True, slots=True)
class Explained:
    """`reason` is one of the decision's, or of the sender's own where it has failed."""

    channel: Channel
    outcome: Outcome
    reason: str
    until: datetime | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Explanation:
    notification: Notification
    decisions: Sequence[Explained]


@dataclass(frozen=True, slots=True)
class Explaining:
    notifications: Notifications
    decisions: Decisions
    outbox: Outbox

    def explain(self, user_id: str, notification_id: str) -> Explanation:
        """What was decided, and what has come of it since. Raises NotFound; Unavailable."""
        notification = self.notifications.find(user_id, notification_id)
        if notification is None:
            raise NotFound("There is no such notification.")
        return Explanation(notification, [self._explained(each) for each in self.decisions.of(notification_id)])

    def _explained(self, record: Record) -> Explained:
        decision = record.decision
        outcome, reason = self._since(record) or (decision.outcome, decision.reason.value)
        return Explained(decision.channel, outcome, reason, decision.until, record.at)

    def _since(self, record: Record) -> tuple[Outcome, str] | None:
        """What has become of it besides what was decided."""
        row = self.outbox.find(record.outbox_id) if record.outbox_id else None
        if row is None or record.decision.outcome not in (Outcome.SENT, Outcome.HELD):
            return None
        match row.state:
            case SendState.FAILED | SendState.UNKNOWN:
                return Outcome.FAILED, row.reason or row.state.value
            case SendState.EXPIRED:
                return Outcome.SKIPPED, Reason.EXPIRED.value
            case SendState.CANCELLED:
                return Outcome.SKIPPED, row.reason or row.state.value
        return None
