"""Writes that are committed together, or not at all, as the rules of a context know them.

A rule hands a unit of work on to the repositories that add to it; only those know what it is made of.
"""

from collections.abc import Callable
from typing import Protocol

from shared.errors import Unavailable


class UnitOfWork(Protocol):
    def commit(self) -> None:
        """Raises WriteRefused; StillConflicting; Unavailable."""
        ...


type Write = Callable[[UnitOfWork], None]
"""Adds writes to a unit of work that somebody else commits."""


class WriteRefused(Exception):
    """Nothing was written. `refused` names writes whose condition did not hold, at least the first of them."""

    def __init__(self, refused: frozenset[str]) -> None:
        super().__init__(", ".join(sorted(refused)))
        self.refused = refused


class StillConflicting(Unavailable):
    """Nothing was written: others kept writing the same items. `conflicting` names them."""

    def __init__(self, conflicting: frozenset[str]) -> None:
        super().__init__("Others are changing the same data; nothing was changed, try again.", retry_after_seconds=2)
        self.conflicting = conflicting
