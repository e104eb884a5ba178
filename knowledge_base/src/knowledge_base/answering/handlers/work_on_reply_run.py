"""The queue of runs → suggested replies, sentence by sentence"""

from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.typing import LambdaContext

from knowledge_base.answering import wiring
from shared.events.batches import process_messages
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed

prime(wiring.worker, wiring.equipment)


@observed("Records[0].messageId")  # there is one
def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Work on the run of the message; one that was taken before is left alone."""
    return process_messages(event, lambda message: wiring.worker().work(message.body, owner=context.aws_request_id))
