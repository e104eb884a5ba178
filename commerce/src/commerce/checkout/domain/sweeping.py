"""Checkouts that nobody looks after: their browser, their state machine or a webhook was lost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from commerce.checkout.domain.checkout import Checkouts

_MAX_AT_ONCE = 1_000
_SOONEST, _LATEST = timedelta(minutes=1), timedelta(minutes=8)
STUCK_AFTER = timedelta(minutes=15)
"""Looking again has not helped by then: people have to."""


class Settlements(Protocol):
    def request_all(self, checkout_ids: Sequence[str]) -> None: ...


@dataclass(frozen=True, slots=True)
class Swept:
    """`doubtful`: of so many, nobody has known for a quarter of an hour whether they were paid."""

    due: int
    stuck: int
    doubtful: int


@dataclass(frozen=True, slots=True)
class Sweep:
    checkouts: Checkouts
    settlements: Settlements

    def run(self, now: datetime) -> Swept:
        """Have those that are due looked after; then after 1, 2, 4 and every 8 minutes, until they get further."""
        due = self.checkouts.due(now, _MAX_AT_ONCE)
        self.settlements.request_all([each.checkout_id for each in due])
        for each in due:
            self.checkouts.put_off(each, now + min(max(now - each.since, _SOONEST), _LATEST))
        long_ago = now - STUCK_AFTER
        stuck = sum(each.since <= long_ago for each in due)
        doubtful = sum(each.doubtful_since is not None and each.doubtful_since <= long_ago for each in due)
        return Swept(len(due), stuck, doubtful)
