"""What customers did lately, and what it sounded like: never what they said."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from shared.events.domain_events import DomainEvent
from shared.json.encoding import rfc3339


class InteractionKind(StrEnum):
    TICKET = "ticket"
    REPLY = "reply"
    ORDER = "order"
    DONATION = "donation"
    CHAT = "chat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """`reference` is the id of the ticket, order, gift or conversation.

    `interaction_id` is the same each time that it is noted, and sorts by time. `sentiment` lies between -1, desperate,
    and 1, delighted; None where nobody has said, or it is unclear.
    """

    user_id: str
    interaction_id: str
    kind: InteractionKind
    reference: str
    at: datetime
    sentiment: float | None = None


def interaction(kind: InteractionKind, user_id: str, reference: str, at: datetime, source_id: str) -> Interaction:
    """`source_id` is of what it is made of: an event, or an entry of a ticket."""
    interaction_id = f"{rfc3339(at)}#{kind}#{source_id}"
    return Interaction(user_id=user_id, interaction_id=interaction_id, kind=kind, reference=reference, at=at)


def interaction_of(name: str, event: DomainEvent) -> Interaction | None:
    """None for an anonymous gift: staff may not learn who gave it. A conversation is one interaction each day."""
    data = event.data
    match name:
        case "OrderPaid":
            return interaction(InteractionKind.ORDER, event.user_id, data["orderId"], event.occurred_at, event.id)
        case "DonationReceived" if not data["anonymous"]:
            return interaction(InteractionKind.DONATION, event.user_id, data["donationId"], event.occurred_at, event.id)
        case "ChatTurnTaken":
            day = event.occurred_at.replace(hour=0, minute=0, second=0, microsecond=0)
            return interaction(InteractionKind.CHAT, event.user_id, data["sessionId"], day, data["sessionId"])
    return None


class Interactions(Protocol):
    """Whoever was erased has none, and gets none. Every method raises Unavailable."""

    def note(self, interaction: Interaction, now: datetime) -> bool:
        """False, and nothing changed, where it is there already, or its customer was erased."""
        ...

    def feel(self, interaction: Interaction, sentiment: float, now: datetime) -> bool:
        """Note what it sounded like. False, and nothing changed, where it is not there."""
        ...

    def newest(self, user_id: str, limit: int, now: datetime) -> tuple[Interaction, ...]:
        """The newest first, without those that have expired."""
        ...
