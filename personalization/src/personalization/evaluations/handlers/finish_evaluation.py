"""The results of an evaluation → its outcome, and the verdict on each version"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from personalization.evaluations import wiring
from personalization.evaluations.domain.running import finish
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed

prime(wiring.evaluation_store)


@observed("evaluationId")
def handler(event: Mapping[str, Any], context: Any) -> None:
    """End an evaluation whose cases have been run, or could not be."""
    evaluation = wiring.evaluation_store().find(event["projectId"], event["evaluationId"])
    if evaluation and evaluation.status == "running":
        finish(evaluation, wiring.evaluation_store(), datetime.now(UTC))
