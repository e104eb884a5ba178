"""DocumentChanged, DocumentDeleted, by a queue → tickets that were answered from the document are stale"""

import json
from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from knowledge_base.answering import wiring
from shared.events.batches import process_messages
from shared.events.domain_events import parse
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed
from shared.observability.logs import logger
from shared.resilience.deadline import Deadline

prime(wiring.staleness_service, wiring.document_news)

_WORK_SECONDS = 40  # of the function's 60


@observed()
def handler(event: dict[str, Any], context: Any) -> PartialItemFailureResponse:
    """Drop what was suggested from a document, and flag the open tickets that were answered from it.

    A document that many have used takes several messages: each that is out of time sends the next.
    """
    deadline = Deadline(_WORK_SECONDS)
    return process_messages(event, lambda message: _follow(message, deadline))


def _follow(message: SQSRecord, deadline: Deadline) -> None:
    news = parse(json.loads(message.body)["detail"])
    is_done = wiring.staleness_service().document_changed(news.data["documentId"], news.occurred_at, deadline)
    if not is_done:
        wiring.document_news().send(message.body)
    logger.info("document followed", extra={"eventId": news.id, "isDone": is_done})
