"""The stream of TicketEntries → interactions of those who wrote, and how they sound"""

from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse

from knowledge_base.context import wiring
from shared.events.streams import process_changes
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed
from shared.resilience.deadline import Deadline

prime(wiring.noting)

_WORK_SECONDS = 90  # of the function's 120


@observed()
def handler(event: dict[str, Any], context: Any) -> PartialItemFailureResponse:
    """Note each entry of a supporter's, once. While no model answers, its sentiment is missing, and it comes again."""
    return process_changes(event, wiring.note_entry, Deadline(_WORK_SECONDS))
