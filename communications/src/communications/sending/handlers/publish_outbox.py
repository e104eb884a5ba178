"""The Outbox table's stream → the notifications topic: rows that have become due"""

from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord

from communications.sending import wiring
from shared.events.batches import process_together
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed

prime(wiring.topic)


@observed()
def handler(event: dict[str, Any], context: Any) -> PartialItemFailureResponse:
    """Bring each of them to a sender. Twice does no harm."""
    now = datetime.now(UTC)
    return process_together(event, _read, lambda changes: wiring.publish_due(changes, wiring.topic(), now))


def _read(record: DynamoDBRecord) -> wiring.RowChange:
    images = record["dynamodb"]
    return wiring.row_change(images.get("OldImage"), images.get("NewImage"))
