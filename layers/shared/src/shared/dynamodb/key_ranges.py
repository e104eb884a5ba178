"""Ranges of sort keys that are time-ordered ids (UUIDv7): a period of them is one Query."""

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.condition import Condition

from shared.ids import first_id
from shared.time.periods import Period


def ids_in(period: Period, id_: UnicodeAttribute, before: str | None) -> Condition | None:
    """The ids of a period that sort before `before`, where the previous page has ended; None is all of them.

    No id is the one that a moment begins with, so it does not matter that DynamoDB's BETWEEN includes both ends.
    """
    ends = [end for end in (before, first_id(period.until) if period.until else None) if end]
    end = min(ends, default=None)
    if period.since is None:
        return id_ < end if end else None
    begin = first_id(period.since)
    return id_.between(begin, max(begin, _just_before(end))) if end else id_ >= begin


def _just_before(id_: str) -> str:
    """Less than the id, and greater than every id before it."""
    return f"{id_[:-1]}{chr(ord(id_[-1]) - 1)}~"
