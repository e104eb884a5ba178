"""Checkouts that nobody looks after: their browser, their state machine or a webhook was lost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from commerce.checkout.domain.checkout import Checkouts

_MAX_AT_ONCE = 1_000
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
        due = self.checkouts.due(now, _MAX_AT_ONCE)
        self.settlements.request_all([each.checkout_id for each in due])
        long_ago = now - STUCK_AFTER
        stuck = sum(each.due_at <= long_ago for each in due)
        doubtful = sum(each.doubtful_since is not None and each.doubtful_since <= long_ago for each in due)
        return Swept(len(due), stuck, doubtful)
