"""The queue of the function that follows the bucket: S3's events, and messages about syncs to look after."""

import json
from typing import TYPE_CHECKING, Any

from shared.aws.clients import client
from shared.aws.failures import unavailable_where_out_of_reach

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_LATER_SECONDS = 60
"""Longer than a request lives."""
_SYNC_ID = "syncId"


class SqsSyncMessages:
    """A message about a sync is `{"syncId": …}`; any other has the function look at the bucket."""

    def __init__(self, queue_url: str) -> None:
        self._url = queue_url
        self._sqs: SQSClient = client("sqs")

    def follow(self) -> None:
        self._send({}, 0)

    def follow_later(self) -> None:
        self._send({}, _LATER_SECONDS)

    def look_after(self, sync_id: str, seconds: int) -> None:
        self._send({_SYNC_ID: sync_id}, seconds)

    def _send(self, message: dict[str, str], delay_seconds: int) -> None:
        """One SendMessage."""
        with unavailable_where_out_of_reach():
            self._sqs.send_message(QueueUrl=self._url, MessageBody=json.dumps(message), DelaySeconds=delay_seconds)


def sync_of_message(body: str) -> str | None:
    """The sync to look after. None for S3's events."""
    message: Any = json.loads(body)
    return message.get(_SYNC_ID) if isinstance(message, dict) else None
