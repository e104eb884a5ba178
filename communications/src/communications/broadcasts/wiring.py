"""The composition root of broadcasts."""

from collections.abc import Callable
from functools import cache

from communications import settings
from communications.audience import wiring as audience
from communications.broadcasts.adapters.broadcasts import DynamoBroadcasts
from communications.broadcasts.adapters.queue import SqsPages
from communications.broadcasts.domain.broadcasting import Broadcasting
from communications.notifications import wiring as notifications
from communications.sending.adapters.suppressions import DynamoSuppressions
from shared.dynamodb.transactions import Transaction
from shared.http.cursors import Cursors
from shared.idempotency.first_answers import DynamoFirstAnswers
from shared.persistence.unit_of_work import UnitOfWork
from shared.resilience.deadline import REQUEST_SECONDS, time_for

begin: Callable[[], UnitOfWork] = Transaction

_FOR_ANSWERING = 5
"""Seconds of a request's that counting leaves."""


@cache
def broadcasts() -> DynamoBroadcasts:
    return DynamoBroadcasts(settings.Broadcasts().broadcasts_table)


@cache
def broadcasting() -> Broadcasting:
    return Broadcasting(broadcasts=broadcasts(), audience=audience.audience(), notifying=notifications.notifying())


@cache
def suppressions() -> DynamoSuppressions:
    return DynamoSuppressions(settings.Suppressions().suppressions_table)


@cache
def pages() -> SqsPages:
    return SqsPages(settings.BroadcastQueue().broadcast_queue_url)


@cache
def mails_per_second() -> int:
    return int(settings.BroadcastRate().broadcast_mails_per_second)


@cache
def first_answers() -> DynamoFirstAnswers:
    return DynamoFirstAnswers(settings.FirstAnswers().idempotency_table)


@cache
def cursors() -> Cursors:
    return Cursors(settings.CursorKey().cursor_key)


def has_time_to_count() -> bool:
    return time_for(REQUEST_SECONDS) > _FOR_ANSWERING
