"""The composition root of the figures."""

from functools import cache
from zoneinfo import ZoneInfo

from knowledge_base import settings
from knowledge_base.figures.adapters.rows import occurrences_of
from shared.figures.dynamo_figures import DynamoFigures
from shared.figures.tallies import Figures

__all__ = ["figures", "occurrences_of", "zone"]


@cache
def zone() -> ZoneInfo:
    return ZoneInfo(settings.Figures().time_zone)


@cache
def figures() -> Figures:
    return DynamoFigures(settings.Figures().figures_table, zone())
