"""The queue of users whose records are to follow their accounts."""

from typing import TYPE_CHECKING

from shared.aws.clients import client
from shared.aws.failures import unavailable_where_out_of_reach

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

DELAY_SECONDS = 60
"""Longer than a request lives, so that whatever it was about to do has been done, or never will be."""


class SqsSynchronizations:
    """Messages are users' ids."""

    def __init__(self, queue_url: str) -> None:
        self._url = queue_url
        self._sqs: SQSClient = client("sqs")

    def synchronize(self, user_id: str) -> None:
        """One SendMessage."""
        with unavailable_where_out_of_reach():
            self._sqs.send_message(QueueUrl=self._url, MessageBody=user_id, DelaySeconds=DELAY_SECONDS)
