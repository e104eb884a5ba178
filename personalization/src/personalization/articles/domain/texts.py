"""Long texts: what does not fit into a row of a table is kept beside it."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class KeptText:
    """A text: itself, or the key under which it is kept."""

    inline: str | None
    key: str | None = None


class Texts(Protocol):
    def keep(self, key: str, text: str) -> KeptText:
        """The text itself where it is short; else it is kept under the key first. Raises Unavailable."""
        ...

    def read(self, text: KeptText) -> str:
        """Raises Unavailable; NotFound where it has expired."""
        ...
