"""The queue of runs that wait for a worker, on SQS."""

from collections.abc import Mapping
from typing import Any

from shared.aws.service import Service
from shared.runs.run import Run


class SqsRunQueue:
    def __init__(self, url: str) -> None:
        self._sqs, self._url = Service("sqs"), url

    def put(self, run: Run) -> None:
        """One SendMessage; twice would do no harm."""
        self._sqs.call("SendMessage", {"QueueUrl": self._url, "MessageBody": run.run_id})


def run_ids(event: Mapping[str, Any]) -> list[str]:
    """The runs of an SQS event."""
    return [record["body"] for record in event["Records"]]
