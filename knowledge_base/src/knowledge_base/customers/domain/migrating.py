"""What came of bringing the database's schema forward."""

from dataclasses import dataclass
from typing import Protocol

from shared.resilience.deadline import Deadline


@dataclass(frozen=True, slots=True)
class Migrated:
    """`applied` are the numbers of the migrations that were new; whether there are more to come if not complete."""

    applied: tuple[int, ...]
    is_complete: bool


class Schema(Protocol):
    def migrate(self, deadline: Deadline) -> Migrated:
        """Apply what is new. May be repeated. Raises MigrationChanged; Unavailable."""
        ...


class Unfinished(Exception):
    """Time was up: the next run goes on."""


class MigrationChanged(Exception):
    """A migration is not what it was when it was applied: add another one instead."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number
