"""How changes of the catalogue reach the index, in any order and with repetitions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from commerce.search.domain.following import Entry, ProductIndex, Refused
from shared.errors import Unavailable


@dataclass(frozen=True, slots=True)
class Change:
    """`position` is its sequence number in the shard."""

    position: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class Poison:
    """A change that cannot be applied, however often it is retried. `product_id` is None where it cannot be read."""

    position: str
    product_id: str | None
    reason: str


class DeadLetters(Protocol):
    """Keeps the changes that cannot be applied, for operators to look at."""

    def keep(self, poison: Sequence[Poison]) -> None:
        """Raises Unavailable; some may have been kept by then."""
        ...


def follow(changes: Sequence[Change | Poison], index: ProductIndex, dead_letters: DeadLetters) -> str | None:
    """Apply the changes; return the position from which the batch has to be retried, None if it is done.

    Dead letters are sent last; a retried batch sends them again.
    """
    newest: dict[str, Change] = {}
    poison = [change for change in changes if isinstance(change, Poison)]
    for change in changes:
        if isinstance(change, Change):
            previous = newest.setdefault(change.entry.product_id, change)
            if change.entry.version > previous.entry.version:
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
