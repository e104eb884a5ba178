"""The queue of runs → answers, frame by frame"""

from collections.abc import Mapping
from typing import Any

from personalization.runs import wiring
from shared.priming import prime
from shared.runs.queue import run_ids

prime(wiring.worker, wiring.answerers_with_models)


def handler(event: Mapping[str, Any], context: Any) -> None:
    """Work on the run of the message; one that was taken before is left alone."""
    for run_id in run_ids(event):
        wiring.worker().work(run_id, owner=context.aws_request_id)
