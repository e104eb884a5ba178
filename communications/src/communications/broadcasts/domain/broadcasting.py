"""Carries a broadcast out, page by page, and says beforehand what would come of it."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from communications.audience.domain.audience import Audience
from communications.broadcasts.domain.broadcasts import (
    NEWS,
    Broadcast,
    Broadcasts,
    BroadcastState,
    Queue,
    Report,
    Segment,
    Wanted,
)
from communications.notifications.domain.deciding import Decision, Outcome
from communications.notifications.domain.notification import notification_id_of
from communications.notifications.domain.notifying import News, Notifying
from communications.notifications.domain.rendering import Details
from communications.notifications.domain.types import Channel
from communications.users.domain.users import User
from shared.idempotency.claims import translated_refusals
from shared.persistence.unit_of_work import UnitOfWork, Write

PAGE = 25
"""People: what a stop still lets through, and what a crash has done again."""
MAX_DELAY = 900
"""Seconds that a queue can hold a message back."""


@dataclass(frozen=True, slots=True)
class DryRun:
    """`is_complete`: the whole segment was looked at; otherwise there was time for its first part only."""

    report: Report
    is_complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcasting:
    broadcasts: Broadcasts
    audience: Audience
    notifying: Notifying

    def dry_run(self, wanted: Wanted, now: datetime, has_time: Callable[[], bool]) -> DryRun:
        """What would be decided now. Nothing is written. Raises Unavailable."""
        broadcast, report, after = wanted.begun("dry-run", "", now), Report(), None
        while has_time():
            page = self.audience.page(broadcast.segment.group, after, PAGE)
            people = self._people(page.user_ids, broadcast.segment)
            decided = [self.notifying.would_decide(user, _news(broadcast, user.user_id), now) for user in people]
            report, after = report.with_decisions(decided, broadcast.channels), page.after
            if after is None:
                return DryRun(report, is_complete=True)
        return DryRun(report, is_complete=False)

    def add(self, broadcast: Broadcast, record: Write, unit_of_work: UnitOfWork) -> None:
        """Together with what `record` writes. Raises KeyInUse; Unavailable."""
        self.broadcasts.add(broadcast, unit_of_work)
        record(unit_of_work)
        with translated_refusals():
            unit_of_work.commit()

    def do_page(self, broadcast_id: str, page: int, queue: Queue, mails_per_second: int, now: datetime) -> str:
        """Do a page of one that is running, and have the next one done; what came of it, in a word or two.

        A page that is done again, as its message came twice or a worker died, notifies nobody twice and is counted
        once: the decisions that were recorded are counted. Raises Unavailable: do it again.
        """
        broadcast = self.broadcasts.find(broadcast_id)
        if broadcast is None or broadcast.state is not BroadcastState.RUNNING:
            return "not running"
        if page < broadcast.page:  # it may be that its worker died before the next one was in the queue
            queue.put(broadcast_id, broadcast.page)
            return "done already"
        if not broadcast.is_through:
            turned, sent = self._done(broadcast, now)
            if turned is None:
                return "done by another"
            if turned.state is not BroadcastState.RUNNING:
                return "stopped"
            if not turned.is_through:
                queue.put(broadcast_id, turned.page, min(math.ceil(sent / mails_per_second), MAX_DELAY))
                return "page done"
        self.broadcasts.end(broadcast_id, BroadcastState.DONE, now)
        return "done"

    def _done(self, broadcast: Broadcast, now: datetime) -> tuple[Broadcast | None, int]:
        """The broadcast after its page, and how many mails that sends at once."""
        page = self.audience.page(broadcast.segment.group, broadcast.after, PAGE)
        news = [_news(broadcast, user.user_id) for user in self._people(page.user_ids, broadcast.segment)]
        self.notifying.notify_all(news, now)
        decided = [self._recorded(each) for each in news]
        turned = replace(
            broadcast,
            page=broadcast.page + 1,
            after=page.after,
            is_through=page.after is None,
            report=broadcast.report.with_decisions(decided, broadcast.channels),
        )
        sent = sum(_is_mail(decision) for decisions in decided for decision in decisions)
        return self.broadcasts.turn(turned), sent

    def _people(self, user_ids: Sequence[str], segment: Segment) -> list[User]:
        """Those who are registered here, and speak the segment's language."""
        found = (self.notifying.users.find(user_id) for user_id in user_ids)
        return [user for user in found if user and segment.speaks(user.settings.language)]

    def _recorded(self, news: News) -> list[Decision]:
        notification_id = notification_id_of(news.event_id, news.user_id, news.occurred_at)
        return [record.decision for record in self.notifying.decisions.of(notification_id)]


def _is_mail(decision: Decision) -> bool:
    return decision.channel is Channel.EMAIL and decision.outcome is Outcome.SENT


def _news(broadcast: Broadcast, user_id: str) -> News:
    return News(
        event="Broadcast",
        event_id=broadcast.event_id,
        user_id=user_id,
        type=NEWS,
        details=Details({"title": broadcast.title, "content": broadcast.content}),
        occurred_at=broadcast.created_at,
        channels=broadcast.channels,
    )
