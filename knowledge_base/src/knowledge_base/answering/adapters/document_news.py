"""The queue of what became of documents, for whoever could not see to all of it."""

from typing import TYPE_CHECKING

from shared.aws.clients import client
from shared.aws.failures import unavailable_where_out_of_reach

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class SqsDocumentNews:
    def __init__(self, queue_url: str) -> None:
        self._url = queue_url
        self._sqs: SQSClient = client("sqs")

    def send(self, body: str) -> None:
        """One SendMessage. Raises Unavailable."""
        with unavailable_where_out_of_reach():
            self._sqs.send_message(QueueUrl=self._url, MessageBody=body)
