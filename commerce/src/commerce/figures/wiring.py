"""The composition root of the shop's figures."""

from collections.abc import Iterable
from functools import cache
from zoneinfo import ZoneInfo

from commerce import settings
from commerce.figures.domain.order_counts import occurrences_of
from commerce.orders.adapters.orders import events_of_change
from shared.events.changes import Change
from shared.figures.dynamo_figures import DynamoFigures
from shared.figures.tallies import Figures, Occurrence


@cache
def zone() -> ZoneInfo:
    return ZoneInfo(settings.Charity().time_zone)


@cache
def figures() -> Figures:
    return DynamoFigures(settings.Figures().figures_table, zone())


def occurrences_of_change(change: Change) -> Iterable[Occurrence]:
    """Of a row of the Orders table. Raises KeyError, TypeError or ValueError for what is no order."""
    return occurrences_of(events_of_change(change))
