"""What clients get about devices, and staff about messages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypedDict

from communications.sending.domain.devices import Device
from communications.sending.domain.outbox import OutboxRow, SendState
from communications.sending.domain.redriving import Redrive, RedrivePage
from communications.sending.domain.settling import Plan
from shared.http.cursors import Cursors

REDRIVES = "redrives"
"""The scope of cursors."""


class DeviceAnswer(TypedDict):
    deviceId: str
    platform: Literal["apns", "fcm"]


def device_answer(device: Device) -> DeviceAnswer:
    return {"deviceId": device.device_id, "platform": device.platform.value}


@dataclass(frozen=True, slots=True, kw_only=True)
class SendAnswer:
    """Not what it says: that is the recipient's. `dueAt` is when the platform looks after it next, while it is open."""

    send_id: str
    user_id: str
    channel: Literal["email", "sms", "push"]
    category: str | None
    state: SendState
    reason: str | None
    attempt: int
    created_at: datetime
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class SendsAnswer:
    items: tuple[SendAnswer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RedrivenSend:
    """`state` is the one that it was found in; `step` what was done: `send` is within a minute."""

    send_id: str
    step: Literal["send", "drop", "leave", "missing"]
    state: SendState | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RedriveAnswer:
    """Of a dry run, what would be done now, and nothing of who and when."""

    redrive_id: str | None
    dry_run: bool
    sends: Sequence[RedrivenSend]
    may_arrive_twice: bool | None
    note: str | None
    by: str | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class RedrivesAnswer:
    items: tuple[RedriveAnswer, ...]
    next_cursor: str | None


def sends_answer(rows: Iterable[OutboxRow]) -> SendsAnswer:
    return SendsAnswer(tuple(map(_send_answer, rows)))


def dry_run_answer(plans: Iterable[Plan]) -> RedriveAnswer:
    sends = tuple(map(_redriven, plans))
    return RedriveAnswer(redrive_id=None, dry_run=True, sends=sends, may_arrive_twice=None, note=None, by=None, at=None)


def redrive_answer(redrive: Redrive) -> RedriveAnswer:
    return RedriveAnswer(
        redrive_id=redrive.redrive_id,
        dry_run=False,
        sends=tuple(map(_redriven, redrive.plans)),
        may_arrive_twice=redrive.may_arrive_twice,
        note=redrive.note,
        by=redrive.by,
        at=redrive.at,
    )


def redrives_answer(page: RedrivePage, cursors: Cursors) -> RedrivesAnswer:
    return RedrivesAnswer(tuple(map(redrive_answer, page.items)), cursors.make(REDRIVES, page.after))


def _send_answer(row: OutboxRow) -> SendAnswer:
    return SendAnswer(
        send_id=row.outbox_id,
        user_id=row.user_id,
        channel=row.channel.value,
        category=row.category,
        state=row.state,
        reason=row.reason,
        attempt=row.attempt,
        created_at=row.created_at,
        due_at=row.due_at if row.is_open else None,
    )


def _redriven(plan: Plan) -> RedrivenSend:
    return RedrivenSend(
        send_id=plan.outbox_id,
        step=plan.step.name.lower(),  # type: ignore[arg-type]  # there are no other steps
        state=plan.state,
        reason=plan.reason,
    )
