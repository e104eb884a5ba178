"""The queue of pages to do."""

from typing import TYPE_CHECKING

from shared.aws.clients import client
from shared.aws.failures import unavailable_where_out_of_reach
from shared.json.encoding import encode

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class SqsPages:
    """Messages are `{"broadcastId": …, "page": …}`."""

    def __init__(self, queue_url: str) -> None:
        self._url = queue_url
        self._sqs: SQSClient = client("sqs")

    def put(self, broadcast_id: str, page: int, delay_seconds: int = 0) -> None:
        """One SendMessage."""
        body = encode({"broadcastId": broadcast_id, "page": page})
        with unavailable_where_out_of_reach():
            self._sqs.send_message(QueueUrl=self._url, MessageBody=body, DelaySeconds=delay_seconds)
