"""The Strangers table's stream → tickets, interactions and mails of those who wrote without an account are erased"""

from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse

from knowledge_base.erasure import wiring
from shared.events.streams import process_changes
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed

prime(wiring.strangers, wiring.stranger_parts)


@observed()
def handler(event: dict[str, Any], context: Any) -> PartialItemFailureResponse:
    """Erase what belongs to ids that are to go. What breaks off is carried on by a repetition."""
    return process_changes(event, wiring.erase_strangers)
