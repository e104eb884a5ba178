"""The outbox: one row for each event, user and channel, written in the transaction that decides to send it.

    held → pending → sending → sent → failed (it bounced)
              ▲        │  ├──→ failed ───┐
              ├────────┘  └──→ unknown ──┤
              └──────── by people ───────┘

Held and pending rows can also be cancelled, and expire; pending ones fail where there is nobody to send to. Whoever
changes a row has read it, and writes on the condition of the version that was read; so of two senders one goes first,
and the other one finds the row claimed.

A provider is called between two writes, the claim and the result. Where the second one is missing for longer than a
sender can live, nobody knows whether the provider has accepted: the row is `unknown`, and never sent again by itself.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from shared.errors import VersionConflict
from shared.persistence.unit_of_work import UnitOfWork

LEASE = timedelta(minutes=2)
"""How long a claim is respected: longer than a sender can live, which is a minute."""
LOOKED_AFTER = timedelta(minutes=10)
"""A pending row that was published, and has not been claimed by then, is published again: its message was lost."""
RESENT_FOR = timedelta(days=1)
"""How long what people have sent again is of use."""
KEPT = timedelta(days=60)
"""How long a row is kept after it is of no more use: mail is reported as spam weeks later."""
BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 30, 60))
"""Between attempts that the provider has not accepted; then every hour until the row expires."""
MAX_EVENT_ID = 128
_ATTEMPTS = 8


class Channel(StrEnum):
    EMAIL = "email"
    SMS = "sms"
    PUSH = "push"


class SendState(StrEnum):
    PENDING = "pending"
    HELD = "held"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


FOLLOWING: Mapping[SendState, frozenset[SendState]] = {
    SendState.HELD: frozenset({SendState.PENDING, SendState.CANCELLED, SendState.EXPIRED}),
    SendState.PENDING: frozenset({SendState.SENDING, SendState.FAILED, SendState.CANCELLED, SendState.EXPIRED}),
    SendState.SENDING: frozenset({SendState.PENDING, SendState.SENT, SendState.FAILED, SendState.UNKNOWN}),
    SendState.UNKNOWN: frozenset({SendState.PENDING, SendState.SENT, SendState.FAILED}),
    SendState.FAILED: frozenset({SendState.PENDING}),
    SendState.SENT: frozenset({SendState.FAILED}),
    SendState.CANCELLED: frozenset(),
    SendState.EXPIRED: frozenset(),
}
"""What may come after each state. What leads anywhere else comes late, and changes nothing."""

OPEN = frozenset({SendState.PENDING, SendState.HELD, SendState.SENDING, SendState.UNKNOWN})
"""What somebody has to look after."""
WAITING = frozenset({SendState.PENDING, SendState.HELD})
"""What can still be cancelled."""


class LateChange(Exception):
    """The row's state does not allow the change (any more)."""


@dataclass(frozen=True, slots=True)
class Mail:
    """Rendered, in the recipient's language."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Sms:
    text: str


@dataclass(frozen=True, slots=True)
class Push:
    """`data` is for the app: what to open, say. Lock screens show title and body."""

    title: str
    body: str
    data: Mapping[str, str] = field(default_factory=dict)


type Content = Mail | Sms | Push

_CHANNELS: Mapping[type[Content], Channel] = {Mail: Channel.EMAIL, Sms: Channel.SMS, Push: Channel.PUSH}


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """`due_at` is when somebody looks after it next: to publish a pending row, to release a held one, to find a claim
    that has run out. `drop_after` is when it is of no more use.

    `category` is what recipients can turn off, such as `messages`; None of receipts and security notices, which are
    always sent. `address` is where it goes; None for wherever the user can be reached when it is sent. `attempt` counts
    the claims; `reached` has the devices that have got it; `reason` says in a word why it is in its state.
    """

    event_id: str
    user_id: str
    content: Content
    category: str | None
    created_at: datetime
    due_at: datetime
    drop_after: datetime
    notification_id: str | None = None
    address: str | None = None
    state: SendState = SendState.PENDING
    reason: str | None = None
    attempt: int = 0
    claim: str | None = None
    reached: frozenset[str] = frozenset()
    provider_id: str | None = None
    version: int = 0

    def __post_init__(self) -> None:
        if not 0 < len(self.event_id) <= MAX_EVENT_ID:
            raise ValueError(f"an event's id has 1 to {MAX_EVENT_ID} characters")

    @property
    def channel(self) -> Channel:
        return _CHANNELS[type(self.content)]

    @property
    def outbox_id(self) -> str:
        return outbox_id_of(self.event_id, self.user_id, self.channel)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    def is_due(self, now: datetime) -> bool:
        return self.state is SendState.PENDING and self.due_at <= now

    def has_expired(self, now: datetime) -> bool:
        return self.state in WAITING and self.drop_after <= now

    def claimed(self, claim: str, now: datetime) -> "OutboxRow":
        """`claim` is the sender's own, so that it knows its claim again."""
        claimed = self._moved(SendState.SENDING)
        return replace(claimed, claim=claim, attempt=self.attempt + 1, due_at=now + LEASE)

    def sent(self, provider_id: str | None, reached: Collection[str] = ()) -> "OutboxRow":
        if self.state is SendState.SENT:
            return self
        return replace(self._moved(SendState.SENT), provider_id=provider_id, reached=self.reached | frozenset(reached))

    def failed(self, reason: str) -> "OutboxRow":
        return self if self.state is SendState.FAILED else self._moved(SendState.FAILED, reason)

    def postponed(self, reason: str, now: datetime, reached: Collection[str] = ()) -> "OutboxRow":
        """The provider has not accepted it, and may later."""
        if self.state is not SendState.SENDING:
            raise LateChange
        wait = BACKOFF[min(self.attempt, len(BACKOFF)) - 1]
        waiting = replace(
            self._moved(SendState.PENDING, reason), due_at=now + wait, reached=self.reached | frozenset(reached)
        )
        return waiting if waiting.due_at < self.drop_after else waiting.expired()

    def doubtful(self, reason: str, now: datetime, reached: Collection[str] = ()) -> "OutboxRow":
        """Nobody knows whether the provider has accepted it."""
        unknown = self._moved(SendState.UNKNOWN, reason)
        return replace(unknown, due_at=now, reached=self.reached | frozenset(reached))

    def cancelled(self, reason: str) -> "OutboxRow":
        """Raises LateChange where it is too late."""
        return self if self.state is SendState.CANCELLED else self._moved(SendState.CANCELLED, reason)

    def expired(self) -> "OutboxRow":
        return self._moved(SendState.EXPIRED, self.reason)

    def released(self, now: datetime) -> "OutboxRow":
        """What was held may be sent."""
        if self.state is not SendState.HELD:
            raise LateChange
        return replace(self._moved(SendState.PENDING), due_at=now)

    def resent(self, now: datetime) -> "OutboxRow":
        """Somebody has decided to send it again, although it may have been accepted. Raises LateChange."""
        if self.state not in (SendState.UNKNOWN, SendState.FAILED):
            raise LateChange
        useful_until = max(self.drop_after, now + RESENT_FOR)
        return replace(self._moved(SendState.PENDING, "resent"), due_at=now, drop_after=useful_until)

    def _moved(self, state: SendState, reason: str | None = None) -> "OutboxRow":
        if state not in FOLLOWING[self.state]:
            raise LateChange
        return replace(self, state=state, reason=reason, claim=None)


def outbox_id_of(event_id: str, user_id: str, channel: Channel) -> str:
    return f"{event_id}#{user_id}#{channel}"


def channel_of(outbox_id: str) -> Channel:
    """Raises ValueError for what is no id of a row."""
    return Channel(outbox_id.rpartition("#")[2])


class Outbox(Protocol):
    """Every method raises Unavailable."""

    def add(self, row: OutboxRow, unit_of_work: UnitOfWork) -> None:
        """The unit of work is refused, naming the row's `outbox_id`, where there is such a row already."""
        ...

    def find(self, outbox_id: str) -> OutboxRow | None: ...

    def save(self, row: OutboxRow, unit_of_work: UnitOfWork | None = None) -> OutboxRow:
        """The row as it is then. Raises VersionConflict where somebody changed it since it was read; as a part of a
        unit of work, that is refused instead, naming the row's `outbox_id`."""
        ...

    def due(self, state: SendState, now: datetime, limit: int) -> Sequence[str]:
        """The ids of open rows of this state that somebody has to look after, the longest waiting first."""
        ...

    def note_published(self, outbox_ids: Sequence[str], now: datetime) -> None:
        """Their messages are on their way: those still pending are due again after LOOKED_AFTER."""
        ...

    def of_user(self, user_id: str, limit: int) -> Sequence[str]:
        """The ids of a user's rows that are still kept, the newest first."""
        ...


def changed(outbox: Outbox, outbox_id: str, change: Callable[[OutboxRow], OutboxRow | None]) -> OutboxRow | None:
    """Make a change to the row as it is, again where somebody else was first; the row as it is then.

    None where there is no row, or `change` gives None for it: nothing is written then. Raises what `change` raises;
    VersionConflict where others do not stop changing it; Unavailable.
    """
    for _ in range(_ATTEMPTS):
        row = outbox.find(outbox_id)
        wanted = change(row) if row else None
        if wanted is None or wanted is row:
            return wanted
        try:
            return outbox.save(wanted)
        except VersionConflict:
            continue
    raise VersionConflict("outbox row")


def cancel(outbox: Outbox, outbox_id: str, reason: str) -> bool:
    """Whether it will not be sent: there is no such row, or it has not been claimed yet. Raises Unavailable."""
    try:
        row = changed(outbox, outbox_id, lambda row: row.cancelled(reason))
    except LateChange:
        return False
    return row is None or row.state is SendState.CANCELLED
