"""Opaque, tamper-evident page cursors.

A cursor is the position after which the next page begins, sealed for the list that it belongs to: one made for another
list, another user or by another hand is refused.
"""

from shared.auth.seals import BrokenSeal, Seals
from shared.errors import FieldError, Malformed


class Cursors:
    """Makes and reads cursors with one secret key."""

    def __init__(self, key: str) -> None:
        self._seals = Seals(key)

    def make(self, scope: str, position: str | None) -> str | None:
        """The cursor for what follows `position` in the list `scope`; None where nothing follows."""
        return None if position is None else self._seals.make(scope, position)

    def read(self, scope: str, cursor: str | None) -> str | None:
        """The position that `make` was given. Raises Malformed for a cursor that this list did not hand out."""
        if cursor is None:
            return None
        try:
            return self._seals.read(scope, cursor)
        except BrokenSeal as error:
            message = "must be the nextCursor of a page of this very list; leave it out for the first page"
            raise Malformed(f"The cursor {message}.", [FieldError("cursor", message)]) from error
