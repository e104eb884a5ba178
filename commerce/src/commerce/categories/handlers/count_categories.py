"""ProductChanged, by a queue → how many products each category has"""

import json
from collections.abc import Sequence
from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from commerce.categories import wiring
from commerce.categories.domain.counting import count
from shared.events.batches import process_messages_together
from shared.events.domain_events import parse
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed
from shared.observability.logs import logger

prime(wiring.products, wiring.categories)


@observed()
def handler(event: dict[str, Any], context: Any) -> PartialItemFailureResponse:
    """Count the products that are new, or have another status or category, as they are now."""
    return process_messages_together(event, _product_id, _count)


def _product_id(message: SQSRecord) -> str:
    return str(parse(json.loads(message.body)["detail"]).data["productId"])


def _count(product_ids: Sequence[str]) -> None:
    changed = count(product_ids, wiring.products(), wiring.categories())
    logger.info("products counted", extra={"news": len(product_ids), "changed": changed})
