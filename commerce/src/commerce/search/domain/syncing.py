"""How changes of the catalogue reach the index, in whatever order and however often they come."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from commerce.search.domain.following import Entry, ProductIndex, Refused
from shared.errors import Unavailable


@dataclass(frozen=True, slots=True)
class Change:
    """`position` is where it stands in its shard of the catalogue's stream."""

    position: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class Poison:
    """A change that cannot be followed, however often it is tried: of which product, if that is known, and why."""

    position: str
    product_id: str | None
    reason: str


class DeadLetters(Protocol):
    """Keeps the changes that cannot be followed, for people to look at."""

    def keep(self, poison: Sequence[Poison]) -> None:
        """Raises Unavailable; some may have been kept then."""
        ...


def follow(changes: Sequence[Change | Poison], index: ProductIndex, dead_letters: DeadLetters) -> str | None:
    """Bring the index up to date; the position from which on all has to come again, None where nothing has to.

    Poison is put aside last: what comes again is put aside once more.
    """
    newest: dict[str, Change] = {}
    poison = [change for change in changes if isinstance(change, Poison)]
    for change in changes:
        if isinstance(change, Change):
            known = newest.setdefault(change.entry.product_id, change)
            if change.entry.version > known.entry.version:
                newest[change.entry.product_id] = change
    try:
        if newest:
            index.apply([change.entry for change in newest.values()])
    except Refused as refused:
        poison += [Poison(newest[id_].position, id_, reason) for id_, reason in refused.reasons.items()]
    except Unavailable:
        return changes[0].position
    try:
        if poison:
            dead_letters.keep(poison)
    except Unavailable:
        return changes[0].position
    return None
