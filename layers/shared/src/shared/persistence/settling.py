"""Writes that depend on what was read: read again, and done again, where somebody else was first."""

from collections.abc import Callable

from shared.persistence.unit_of_work import StillConflicting, WriteRefused

_ATTEMPTS = 6


def until_settled[T](attempt: Callable[[], T]) -> T:
    """Raises StillConflicting after some attempts, and what `attempt` raises besides WriteRefused."""
    refused: frozenset[str] = frozenset()
    for _ in range(_ATTEMPTS):
        try:
            return attempt()
        except WriteRefused as error:
            refused = error.refused
    raise StillConflicting(refused)
