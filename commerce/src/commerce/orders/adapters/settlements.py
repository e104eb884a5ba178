"""The queue of what somebody has to look after, on SQS."""

from typing import TYPE_CHECKING

from shared.aws.clients import client
from shared.aws.failures import unavailable_where_out_of_reach
from shared.json.encoding import encode

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_LATER_SECONDS = 60
"""No function that works for a request lives so long."""


class SqsSettlements:
    def __init__(self, queue_url: str) -> None:
        self._url = queue_url
        self._sqs: SQSClient = client("sqs")

    def request_later(self, order_id: str) -> None:
        """One SendMessage."""
        with unavailable_where_out_of_reach():
            self._sqs.send_message(
                QueueUrl=self._url, MessageBody=encode({"orderId": order_id}), DelaySeconds=_LATER_SECONDS
            )
