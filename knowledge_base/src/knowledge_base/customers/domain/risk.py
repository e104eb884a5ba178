"""How likely it is that a customer leaves: points for how they feel, and for how long nothing was heard of them.

The score is the sum of its factors' points, which are shown with it. It never falls when somebody feels worse, or when
time passes without a word.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import exp2

RULES = "2026-12"
"""The version of these rules, which each answer names: scores of different rules do not compare."""

FEELING_POINTS, SILENCE_POINTS = 60, 40
_CONTENT = 0.2
"""Whoever feels like this, or better, gets no points."""
_HALF_LIFE = timedelta(days=30)
"""What was felt so long ago counts half of what is felt today."""
_QUIET, _GONE = timedelta(days=60), timedelta(days=365)
_MEDIUM, _HIGH = 30, 60


class Level(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Feeling:
    """What an interaction sounded like: from -1, desperate, to 1, delighted."""

    sentiment: float
    at: datetime

    def __post_init__(self) -> None:
        if not -1 <= self.sentiment <= 1:
            raise ValueError("a sentiment lies between -1 and 1")


@dataclass(frozen=True, slots=True)
class Factor:
    """`value` is the mean sentiment or the days of silence; None where there is nothing to go by."""

    name: str
    value: float | None
    points: int


@dataclass(frozen=True, slots=True)
class Risk:
    factors: tuple[Factor, ...]
    rules: str = RULES

    @property
    def score(self) -> int:
        """From 0 to 100."""
        return sum(factor.points for factor in self.factors)

    @property
    def level(self) -> Level:
        if self.score >= _HIGH:
            return Level.HIGH
        return Level.MEDIUM if self.score >= _MEDIUM else Level.LOW


def risk_of(feelings: Sequence[Feeling], last_heard_of: datetime | None, now: datetime) -> Risk:
    """`last_heard_of`: their latest order, gift or interaction, or else when they signed up."""
    return Risk((_sentiment(feelings), _silence(last_heard_of, now)))


def mean_sentiment(feelings: Sequence[Feeling]) -> float | None:
    """Between -1 and 1, the latest counting most; None without any."""
    if not feelings:
        return None
    latest = max(each.at for each in feelings)  # ages count from here, so that time that passes changes no mean
    weights = [exp2((each.at - latest) / _HALF_LIFE) for each in feelings]
    total = sum(weight * each.sentiment for weight, each in zip(weights, feelings, strict=True))
    return max(-1.0, min(1.0, total / sum(weights)))


def _sentiment(feelings: Sequence[Feeling]) -> Factor:
    mean = mean_sentiment(feelings)
    if mean is None:
        return Factor("sentiment", None, 0)
    return Factor("sentiment", round(mean, 2), _points(_CONTENT - mean, _CONTENT + 1, FEELING_POINTS))


def _silence(last_heard_of: datetime | None, now: datetime) -> Factor:
    if last_heard_of is None:
        return Factor("silence", None, 0)
    silent = max(now - last_heard_of, timedelta())
    points = _points((silent - _QUIET) / (_GONE - _QUIET), 1, SILENCE_POINTS)
    return Factor("silence", silent.days, points)


def _points(value: float, highest: float, points: int) -> int:
    """In proportion, none below zero."""
    return round(points * max(0.0, min(1.0, value / highest)))
