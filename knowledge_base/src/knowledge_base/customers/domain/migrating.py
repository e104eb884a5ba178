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
        """Apply what is new. May be repeated. Raises CannotMigrate; Unavailable."""
        ...


class Unfinished(Exception):
    """Time was up: the next run goes on."""


class CannotMigrate(Exception):
    """Whoever deploys reads why, as no repetition would help."""


class MigrationChanged(CannotMigrate):
    """A migration is not what it was when it was applied: add another one instead."""

    def __init__(self, number: int) -> None:
        super().__init__(f"Migration {number} has changed since it was applied.")
