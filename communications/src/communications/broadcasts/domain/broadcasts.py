"""News to many: what is sent to whom, and how far it has come."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from communications.audience.domain.audience import Group
from communications.notifications.domain.deciding import Decision
from communications.notifications.domain.types import MARKETING, TYPES, Channel
from communications.sending.domain.outbox import KEPT
from communications.sending.domain.suppressions import Cause, Suppression, Suppressions, event_key
from shared.errors import NotFound
from shared.persistence.unit_of_work import UnitOfWork

type Counts = Mapping[str, Mapping[str, int]]
"""People by channel and outcome."""

NEWS = "news"
"""The type of what its recipients get."""
BROADCAST = "broadcast"
"""The name of the write of a new broadcast."""
MAX_TITLE = 100
MAX_CONTENT = 2_000
MAX_INTEREST = 100


class BroadcastState(StrEnum):
    RUNNING = "running"
    STOPPED = "stopped"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Segment:
    """Of those who have consented to marketing: with this interest, with notifications in this language."""

    interest: str | None = None
    language: str | None = None

    @property
    def group(self) -> Group:
        return Group(MARKETING, self.interest)

    def speaks(self, language: str) -> bool:
        """`de` is also the language of de-AT."""
        return self.language is None or f"{language}-".casefold().startswith(f"{self.language}-".casefold())


@dataclass(frozen=True, slots=True)
class Report:
    """`recipients` is how many people it was decided about; `counts` has what was decided for the channels wanted."""

    recipients: int = 0
    counts: Counts = field(default_factory=dict)

    def with_decisions(self, decided: Iterable[Sequence[Decision]], channels: frozenset[Channel]) -> "Report":
        """`decided` has the decisions about each person."""
        recipients, counts = self.recipients, {channel: dict(of_it) for channel, of_it in self.counts.items()}
        for decisions in decided:
            recipients += 1
            for decision in decisions:
                if decision.channel in channels:
                    of_channel = counts.setdefault(decision.channel.value, {})
                    of_channel[decision.outcome.value] = of_channel.get(decision.outcome.value, 0) + 1
        return Report(recipients, counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcast:
    """`page` counts the pages of the segment that are done; `after` is where the next one begins.

    `is_through`: there is none.
    """

    broadcast_id: str
    title: str
    content: str
    segment: Segment
    channels: frozenset[Channel]
    created_by: str
    created_at: datetime
    state: BroadcastState = BroadcastState.RUNNING
    page: int = 0
    after: str | None = None
    is_through: bool = False
    report: Report = Report()
    ended_at: datetime | None = None

    @property
    def event_id(self) -> str:
        """Of what its recipients hear: so notifications and outbox rows are the same, however often a page is done."""
        return f"broadcast-{self.broadcast_id}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A broadcast as it is requested."""

    title: str
    content: str
    segment: Segment
    channels: frozenset[Channel]

    def begun(self, broadcast_id: str, by: str, now: datetime) -> Broadcast:
        return Broadcast(
            broadcast_id=broadcast_id,
            title=self.title,
            content=self.content,
            segment=self.segment,
            channels=self.channels,
            created_by=by,
            created_at=now,
        )


@dataclass(frozen=True, slots=True)
class BroadcastPage:
    """`after` is the id of the last one if others follow."""

    items: tuple[Broadcast, ...]
    after: str | None


class Broadcasts(Protocol):
    """Every method raises Unavailable."""

    def add(self, broadcast: Broadcast, unit_of_work: UnitOfWork) -> None:
        """Refused, naming BROADCAST, where it is there already."""
        ...

    def find(self, broadcast_id: str) -> Broadcast | None: ...

    def listed(self, after: str | None, limit: int) -> BroadcastPage:
        """The newest first."""
        ...

    def turn(self, broadcast: Broadcast) -> Broadcast | None:
        """Save page, position and report of one whose page before was the one before, whatever its state; as it is
        then, or None where somebody else has done the page."""
        ...

    def end(self, broadcast_id: str, state: BroadcastState, now: datetime) -> Broadcast | None:
        """End one that is running; as it is then, or None where it was not."""
        ...


class Queue(Protocol):
    def put(self, broadcast_id: str, page: int, delay_seconds: int = 0) -> None:
        """Have this page done. Raises Unavailable."""
        ...


def find(broadcasts: Broadcasts, broadcast_id: str) -> Broadcast:
    """Raises NotFound; Unavailable."""
    broadcast = broadcasts.find(broadcast_id)
    if broadcast is None:
        raise NotFound("There is no such broadcast.")
    return broadcast


def stop(broadcasts: Broadcasts, suppressions: Suppressions, broadcast_id: str, now: datetime) -> Broadcast:
    """Nobody hears of it after the page that is being done, nor gets what is held. One that is done stays as it is.

    Raises NotFound; Unavailable: do it again.
    """
    broadcast = broadcasts.end(broadcast_id, BroadcastState.STOPPED, now) or find(broadcasts, broadcast_id)
    if broadcast.state is BroadcastState.STOPPED:
        until = now + TYPES[NEWS].useful_for + KEPT  # there is no row of it any more
        suppressions.add(Suppression(event_key(broadcast.event_id), Cause.STOPPED, now, until))
    return broadcast
