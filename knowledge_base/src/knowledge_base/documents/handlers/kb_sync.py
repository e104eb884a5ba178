"""What has changed in the bucket, and syncs to look after, by a queue → the knowledge base follows the bucket"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from knowledge_base.documents import wiring
from knowledge_base.documents.domain.syncing import Outcome
from shared.ids import new_id
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed
from shared.observability.logs import logger
from shared.observability.metrics import SYNCS

prime(wiring.syncing)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@observed()
def handler(event: Mapping[str, Any], context: Any) -> None:
    """Have one job run, and one wait, for whatever has changed. All messages come again if anything fails."""
    syncing, now = wiring.syncing(), datetime.now(UTC)
    syncs = {wiring.sync_of_message(record["body"]): _sent_at(record) for record in event["Records"]}
    if None in syncs:
        syncing.follow(new_id(now), now)
    outcome = syncing.advance(now)
    for sync_id, sent_at in syncs.items():
        if sync_id:
            syncing.look_after(sync_id, sent_at, now)
    counts = {"failedSyncs": int(outcome is Outcome.FAILED), "stuckSyncs": int(outcome is Outcome.STUCK)}
    metrics = SYNCS.line(logger.service, **counts)
    logger.info("synced", extra={"messages": len(event["Records"]), "outcome": outcome.value, **metrics})


def _sent_at(record: Mapping[str, Any]) -> datetime:
    return _EPOCH + timedelta(milliseconds=int(record["attributes"]["SentTimestamp"]))
