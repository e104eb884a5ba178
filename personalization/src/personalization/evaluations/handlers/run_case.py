"""A case of an evaluation → its result"""

from collections.abc import Mapping
from typing import Any

from personalization.evaluations import wiring
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed

prime(wiring.case_runner)


@observed("evaluationId")
def handler(event: Mapping[str, Any], context: Any) -> None:
    """Run one case, once. Unavailable makes the state machine try again."""
    wiring.case_runner().run(event["projectId"], event["evaluationId"], event["caseId"])
