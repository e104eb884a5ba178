"""Queues of checkouts: paid ones, whose order is to be made, and those that somebody has to look after."""

from collections.abc import Sequence
from itertools import batched
from typing import TYPE_CHECKING

from shared.aws.clients import client
from shared.aws.failures import unavailable_where_out_of_reach
from shared.errors import Unavailable
from shared.json.encoding import encode

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_PAGE = 10


class SqsCheckouts:
    """Messages are `{"checkoutId": …}`."""

    def __init__(self, queue_url: str) -> None:
        self._url = queue_url
        self._sqs: SQSClient = client("sqs")

    def request(self, checkout_id: str) -> None:
        """One SendMessage. Raises Unavailable."""
        with unavailable_where_out_of_reach():
            self._sqs.send_message(QueueUrl=self._url, MessageBody=encode({"checkoutId": checkout_id}))

    def request_all(self, checkout_ids: Sequence[str]) -> None:
        """One SendMessageBatch for each ten. Raises Unavailable if some could not be sent."""
        for page in batched(checkout_ids, _PAGE, strict=False):
            entries = [
                {"Id": str(number), "MessageBody": encode({"checkoutId": checkout_id})}
                for number, checkout_id in enumerate(page)
            ]
            with unavailable_where_out_of_reach():
                answer = self._sqs.send_message_batch(QueueUrl=self._url, Entries=entries)  # type: ignore[arg-type]  # dicts
            if answer.get("Failed"):
                raise Unavailable("The queue is busy; try again.")
