"""What a project may spend in a day (UTC), in tokens: reserved before the model is called, settled by its answer.

Reserving is part of the transaction that starts the work, settling of the one that ends it: a reservation is settled
exactly once, whoever ends the work, and nothing stays reserved for work that has ended.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from typing import Any, Protocol, Self

from shared.errors import TooManyRequests
from shared.json.encoding import rfc3339
from shared.persistence.unit_of_work import Write

PROJECT_BUDGET, USER_BUDGET = "project's budget", "user's budget"
"""The names of the two writes, as a refused transaction reports them."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """Tokens a day: of a project, and of each of its users."""

    project: int
    user: int


@dataclass(frozen=True, slots=True)
class Reservation:
    """Tokens reserved for a user of a project, in the budgets of `day`."""

    project_id: str
    user_id: str
    day: date
    tokens: int

    def settled(self, tokens: int) -> int:
        """What is charged: never more than was reserved, so that a wrong estimate cannot exceed the limit."""
        return max(0, min(tokens, self.tokens))

    def to_json(self) -> dict[str, Any]:
        return {
            "projectId": self.project_id,
            "userId": self.user_id,
            "day": self.day.isoformat(),
            "tokens": self.tokens,
        }

    @classmethod
    def of_json(cls, value: Mapping[str, Any]) -> Self:
        return cls(value["projectId"], value["userId"], date.fromisoformat(value["day"]), int(value["tokens"]))


@dataclass(frozen=True, slots=True)
class Spending:
    """In tokens; `reserved` is for work that has not ended yet."""

    spent: int
    reserved: int


@dataclass(frozen=True, slots=True)
class Balance:
    """Of a budget, in tokens: `left` is what new work may reserve."""

    limit: int
    spent: int
    reserved: int
    left: int

    @classmethod
    def of(cls, limit: int, spending: Spending) -> Self:
        """A limit that was lowered may be exceeded by now: then nothing is left."""
        return cls(limit, spending.spent, spending.reserved, max(0, limit - spending.spent - spending.reserved))


class BudgetExceededError(Exception):
    """Of a budget, PROJECT_BUDGET or USER_BUDGET, less is left than the reservation; nothing was written."""

    def __init__(self, whose: str) -> None:
        super().__init__(whose)
        self.whose = whose


class Budgets(Protocol):
    def reserve(self, reservation: Reservation, allowance: Allowance) -> Write:
        """Refused as PROJECT_BUDGET or USER_BUDGET if less than the reservation is left."""
        ...

    def settle(self, reservation: Reservation, tokens: int) -> Write:
        """Charge these tokens instead of the reserved ones; never refused."""
        ...

    def of_project(self, project_id: str, day: date) -> Spending: ...

    def of_user(self, project_id: str, user_id: str, day: date) -> Spending: ...


def new_reservation(project_id: str, user_id: str, tokens: int, allowance: Allowance, now: datetime) -> Reservation:
    """Raises TooManyRequests if not even an unspent budget would hold it."""
    reservation = Reservation(project_id, user_id, now.astimezone(UTC).date(), tokens)
    if tokens > allowance.project:
        raise budget_exceeded(PROJECT_BUDGET, reservation, allowance, now)
    if tokens > allowance.user:
        raise budget_exceeded(USER_BUDGET, reservation, allowance, now)
    return reservation


def budget_exceeded(refused: str, reservation: Reservation, allowance: Allowance, now: datetime) -> TooManyRequests:
    """The answer to whoever asks for more than is left, with the time of renewal."""
    renewal = renewed_at(now)
    whose, limit = ("The project's", allowance.project) if refused == PROJECT_BUDGET else ("Your", allowance.user)
    return TooManyRequests(
        f"{whose} budget of {limit:,} tokens a day has too few left for this, which may take {reservation.tokens:,}. "
        f"It is renewed at {rfc3339(renewal)}.",
        retry_after_seconds=max(1, ceil((renewal - now).total_seconds())),
    )


def renewed_at(now: datetime) -> datetime:
    """The next midnight, UTC."""
    return datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), time(), UTC)
