"""The composition root of erasure."""

from functools import cache

from knowledge_base import settings
from knowledge_base.answering.adapters.erasing import GapErasing
from knowledge_base.customers.wiring import customer_facts, interactions
from knowledge_base.mail.wiring import erasing as mail
from knowledge_base.tickets.wiring import erasing as tickets
from knowledge_base.tickets.wiring import event_bus
from shared.erasure.consuming import Part
from shared.erasure.tombstones import DynamoTombstones

__all__ = ["event_bus", "parts"]


@cache
def parts() -> tuple[Part, ...]:
    """Tombstones first: after them, nothing is written anew."""
    tombstones = DynamoTombstones(settings.Tombstones().tombstones_table)
    return tombstones, customer_facts(), interactions(), mail(), GapErasing(settings.Gaps().gaps_table), tickets()
