"""The composition root of erasure."""

from datetime import UTC, datetime
from functools import cache

from knowledge_base import settings
from knowledge_base.answering.adapters.erasing import GapErasing
from knowledge_base.customers.wiring import customer_facts, interactions
from knowledge_base.mail.wiring import erasing as mail
from knowledge_base.mail.wiring import holder_of_image, stranger_erasing, strangers
from knowledge_base.tickets.wiring import erasing as tickets
from knowledge_base.tickets.wiring import event_bus
from knowledge_base.tickets.wiring import tickets as all_tickets
from shared.erasure.consuming import Part
from shared.erasure.tombstones import DynamoTombstones
from shared.events.changes import Change

__all__ = ["erase_strangers", "event_bus", "parts", "stranger_parts", "strangers"]


@cache
def parts() -> tuple[Part, ...]:
    return *stranger_parts(), stranger_erasing(), customer_facts()


@cache
def stranger_parts() -> tuple[Part, ...]:
    """Tombstones first: after them, nothing is written anew. Tickets last: gaps are found by them."""
    tombstones = DynamoTombstones(settings.Tombstones().tombstones_table)
    gaps = GapErasing(settings.Gaps().gaps_table, all_tickets().ids_of)
    return tombstones, interactions(), mail(), gaps, tickets()


def erase_strangers(change: Change) -> None:
    """Raises Unavailable; KeyError, TypeError or ValueError for what is no row of strangers."""
    if change.new is not None:
        strangers().carry_on(holder_of_image(change.new), stranger_parts(), datetime.now(UTC))
