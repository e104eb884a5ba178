"""What orders and their refunds add to the figures of a day."""

from collections.abc import Iterable, Iterator
from typing import Any

from commerce.orders.domain.order_events import PAID, REFUND_FAILED, REFUNDED, Named
from shared.figures.tallies import Counts, Occurrence, counts
from shared.money import Money


def occurrences_of(events: Iterable[Named]) -> Iterator[Occurrence]:
    """An order counts on the day on which it was paid, a refund on the day on which it was made, however late.

    What a customer's bank has sent back is taken off the day of its refund.
    """
    for name, event in events:
        if adding := _counts(name, event.data):
            yield Occurrence(event.id, event.occurred_at, adding)


def _counts(name: str, data: Any) -> Counts:
    if name == PAID:
        totals = data["totals"]
        return counts(orders=1, sales=totals["goods"] + totals["shipping"], donations=totals["donations"])
    if name == REFUNDED:
        return counts(refunds=data["amount"])
    if name == REFUND_FAILED:
        return counts(refunds=Money(-data["amount"].amount, data["amount"].currency))
    return {}
