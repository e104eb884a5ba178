"""The streams of Tickets and TicketEntries → TicketCreated, TicketStatusChanged, TicketAnswered on the bus"""

from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse

from knowledge_base.tickets import wiring
from shared.events.streams import publish_changes
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed

prime(wiring.event_bus)


@observed()
def handler(event: dict[str, Any], context: Any) -> PartialItemFailureResponse:
    """Publish what has become of tickets, and what staff have answered."""
    return publish_changes(event, wiring.events_of_change, wiring.event_bus())
