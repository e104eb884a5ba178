"""The queue of runs that wait for a worker, on SQS."""

from typing import TYPE_CHECKING

from shared.aws.clients import client
from shared.aws.failures import unavailable_where_out_of_reach
from shared.runs.run import Run

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class SqsRunQueue:
    def __init__(self, url: str) -> None:
        self._url = url
        self._sqs: SQSClient = client("sqs")

    def put(self, run: Run) -> None:
        """One SendMessage; twice would do no harm. Raises Unavailable."""
        with unavailable_where_out_of_reach():
            self._sqs.send_message(QueueUrl=self._url, MessageBody=run.run_id)
