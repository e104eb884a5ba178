"""Releases what was held: one message for each user and channel, however many notifications it is about."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import batched

from communications.notifications.domain.deciding import Decision, Outcome, Reason, recheck
from communications.notifications.domain.notification import Notification
from communications.notifications.domain.notifications import Record
from communications.notifications.domain.notifying import Notifying
from communications.notifications.domain.rendering import language_of, render_digest
from communications.notifications.domain.types import TYPES, Channel
from communications.sending.domain.outbox import OutboxRow, SendState
from communications.sending.domain.suppressions import Cause
from communications.users.domain.users import User
from shared.errors import Unavailable
from shared.observability.logs import logger, without_message
from shared.persistence.unit_of_work import UnitOfWork, WriteRefused

MAX_DUE = 10_000
DIGEST = "digest"
"""The category of what has several."""
MAX_IN_DIGEST = 40
"""Each is two writes of a transaction, which takes 100."""


@dataclass(frozen=True, slots=True)
class _Held:
    row: OutboxRow
    notification: Notification


@dataclass(frozen=True, slots=True)
class Released:
    """How many rows: `sent` alone or as a part of one of the `digests`; `dropped`, as they were read, expired or not
    wanted any more; `held` again; `failed`, which come again."""

    sent: int = 0
    digests: int = 0
    dropped: int = 0
    held: int = 0
    failed: int = 0

    def __add__(self, other: "Released") -> "Released":
        return Released(
            self.sent + other.sent,
            self.digests + other.digests,
            self.dropped + other.dropped,
            self.held + other.held,
            self.failed + other.failed,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Releasing:
    """`unit_of_work` begins one."""

    notifying: Notifying
    unit_of_work: Callable[[], UnitOfWork]

    def release(self, now: datetime, has_time: Callable[[], bool]) -> Released:
        """All that is due, what waits longest first; what fails is left for the next time. Raises Unavailable."""
        groups: dict[tuple[str, str], list[str]] = defaultdict(list)
        for outbox_id in self.notifying.outbox.due(SendState.HELD, now, MAX_DUE):
            _, user_id, channel = outbox_id.rsplit("#", 2)
            groups[user_id, channel].append(outbox_id)
        released = Released()
        for (user_id, channel), outbox_ids in groups.items():
            if not has_time():
                break
            for batch in batched(outbox_ids, MAX_IN_DIGEST, strict=False):
                released += self._attempt(user_id, Channel(channel), batch, now)
        return released

    def _attempt(self, user_id: str, channel: Channel, outbox_ids: Sequence[str], now: datetime) -> Released:
        try:
            return self._release(user_id, channel, outbox_ids, now)
        except (Unavailable, WriteRefused) as error:  # somebody else was first, or DynamoDB is busy
            logger.warning("not released", extra={"rows": len(outbox_ids), **without_message(error)})
            return Released(failed=len(outbox_ids))

    def _release(self, user_id: str, channel: Channel, outbox_ids: Sequence[str], now: datetime) -> Released:
        found = (self.notifying.outbox.find(outbox_id) for outbox_id in outbox_ids)
        rows = [row for row in found if row and row.state is SendState.HELD and row.due_at <= now]
        user = self.notifying.users.find(user_id)
        ids = [row.notification_id for row in rows if row.notification_id]
        notifications = {each.notification_id: each for each in self.notifying.notifications.find_many(user_id, ids)}
        stopped = self.notifying.reach.stopped({row.event_id for row in rows}, now)
        work, going, released = self.unit_of_work(), list[_Held](), Released()
        for row in rows:
            notification = notifications.get(row.notification_id or "")
            if row.event_id in stopped:
                decision = Decision(channel, Outcome.SUPPRESSED, Cause.STOPPED)
            else:
                decision = self._decision(row, channel, user, notification, now)
            if decision.outcome is Outcome.SENT and notification:
                going.append(_Held(row, notification))
                continue
            is_held = decision.outcome is Outcome.HELD and decision.until is not None
            changed = _held_again(row, decision) if is_held else _dropped(row, decision)
            self._save(changed, decision, now, work)
            released += Released(held=int(is_held), dropped=int(not is_held))
        if user and going:
            self._send(channel, user, going, now, work)
            released += Released(sent=len(going), digests=int(len(going) > 1))
        if rows:
            work.commit()
        return released

    def _decision(
        self, row: OutboxRow, channel: Channel, user: User | None, notification: Notification | None, now: datetime
    ) -> Decision:
        if user is None or notification is None:
            return Decision(channel, Outcome.SKIPPED, Reason.NO_ADDRESS)
        if notification.needs_no_mail:
            return Decision(channel, Outcome.SKIPPED, Reason.READ)
        type_ = TYPES[notification.type]
        recipient = self.notifying.recipient(user, type_, now)
        return recheck(channel, type_, recipient, self.notifying.rules, row.drop_after, now)

    def _send(self, channel: Channel, user: User, going: Sequence[_Held], now: datetime, work: UnitOfWork) -> None:
        if len(going) == 1:
            row = going[0].row.released(now)
            self._save(row, Decision(channel, Outcome.SENT, Reason.RELEASED), now, work)
            return
        digest = self._digest(channel, user, going, now)
        self.notifying.outbox.add(digest, work)
        for held in going:
            row = held.row.cancelled(Reason.IN_DIGEST)
            decision = Decision(channel, Outcome.SENT, Reason.IN_DIGEST)
            self._save(row, decision, now, work, sent_by=digest.outbox_id)

    def _digest(self, channel: Channel, user: User, going: Sequence[_Held], now: datetime) -> OutboxRow:
        """Its id is made of the first notification's, which goes into one digest only."""
        items = sorted((held.notification for held in going), key=lambda each: each.notification_id)
        rendered = render_digest(
            [(each.title, each.content) for each in items],
            language_of(user.settings.language),
            user.first_name,
            self.notifying.charity,
        )
        categories = {held.row.category for held in going}
        return OutboxRow(
            event_id=f"digest-{items[0].notification_id}",
            user_id=user.user_id,
            content=rendered.content_for(channel, None),
            category=categories.pop() if len(categories) == 1 else DIGEST,
            created_at=now,
            due_at=now,
            drop_after=max(held.row.drop_after for held in going),
        )

    def _save(
        self, row: OutboxRow, decision: Decision, now: datetime, work: UnitOfWork, sent_by: str | None = None
    ) -> None:
        self.notifying.outbox.save(row, work)
        if row.notification_id:
            self.notifying.decisions.put(row.notification_id, Record(decision, now, sent_by or row.outbox_id), work)


def _held_again(row: OutboxRow, decision: Decision) -> OutboxRow:
    return replace(row, due_at=decision.until or row.due_at, reason=decision.reason.value)


def _dropped(row: OutboxRow, decision: Decision) -> OutboxRow:
    return row.expired() if decision.reason is Reason.EXPIRED else row.cancelled(decision.reason.value)
