"""The composition root of the figures."""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo

from communications import settings
from communications.figures.adapters.rows import occurrences_of
from shared.events.changes import Change
from shared.figures.dynamo_figures import DynamoFigures
from shared.figures.tallies import Figures, Occurrence


@cache
def zone() -> ZoneInfo:
    return ZoneInfo(settings.Figures().time_zone)


@cache
def figures() -> Figures:
    return DynamoFigures(settings.Figures().figures_table, zone())


def occurrences_of_change(change: Change) -> Iterable[Occurrence]:
    """Of a row of InboxEntries or of the Outbox. Raises KeyError, TypeError or ValueError for what is neither."""
    return occurrences_of(change, datetime.now(UTC))
