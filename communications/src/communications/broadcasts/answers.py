"""What staff receive about broadcasts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from communications.broadcasts.domain.broadcasting import DryRun
from communications.broadcasts.domain.broadcasts import Broadcast, BroadcastPage, BroadcastState, Counts
from communications.notifications.domain.types import Channel
from shared.http.cursors import Cursors

SCOPE = "broadcasts"


@dataclass(frozen=True, slots=True)
class SegmentAnswer:
    interest: str | None
    language: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BroadcastAnswer:
    """`recipients` is how many people it was decided about so far, `counts` what, by channel and outcome."""

    broadcast_id: str
    title: str
    content: str
    segment: SegmentAnswer
    channels: Sequence[Channel]
    state: BroadcastState
    recipients: int
    counts: Counts
    created_by: str
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedBroadcast:
    """Of a dry run, what would be decided now, and no id; `complete` is whether there was time for the whole segment.

    Of a broadcast, nobody has been counted yet.
    """

    broadcast_id: str | None
    dry_run: bool
    recipients: int
    counts: Counts
    complete: bool


@dataclass(frozen=True, slots=True)
class BroadcastsAnswer:
    items: tuple[BroadcastAnswer, ...]
    next_cursor: str | None


def broadcast_answer(broadcast: Broadcast) -> BroadcastAnswer:
    return BroadcastAnswer(
        broadcast_id=broadcast.broadcast_id,
        title=broadcast.title,
        content=broadcast.content,
        segment=SegmentAnswer(broadcast.segment.interest, broadcast.segment.language),
        channels=sorted(broadcast.channels),
        state=broadcast.state,
        recipients=broadcast.report.recipients,
        counts=broadcast.report.counts,
        created_by=broadcast.created_by,
        created_at=broadcast.created_at,
        ended_at=broadcast.ended_at,
    )


def started_answer(broadcast: Broadcast) -> StartedBroadcast:
    return StartedBroadcast(broadcast_id=broadcast.broadcast_id, dry_run=False, recipients=0, counts={}, complete=False)


def dry_run_answer(dry_run: DryRun) -> StartedBroadcast:
    report, complete = dry_run.report, dry_run.is_complete
    return StartedBroadcast(
        broadcast_id=None, dry_run=True, recipients=report.recipients, counts=report.counts, complete=complete
    )


def broadcasts_answer(page: BroadcastPage, cursors: Cursors) -> BroadcastsAnswer:
    items = tuple(broadcast_answer(each) for each in page.items)
    return BroadcastsAnswer(items, cursors.make(SCOPE, page.after))
