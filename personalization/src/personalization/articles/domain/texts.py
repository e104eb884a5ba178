"""Texts that may be too long for a row of a table."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class KeptText:
    """The text itself, or the key under which it is kept elsewhere."""

    inline: str | None
    key: str | None = None


class Texts(Protocol):
    def keep(self, key: str, text: str) -> KeptText:
        """Returns a short text itself; a long one is kept under the key first. Raises Unavailable."""
        ...

    def read(self, text: KeptText) -> str:
        """Raises Unavailable; NotFound if it has expired."""
        ...
