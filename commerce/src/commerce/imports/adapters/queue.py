"""The queue of imports to work on."""

from typing import TYPE_CHECKING

from shared.aws.clients import client
from shared.aws.failures import unavailable_where_out_of_reach
from shared.json.encoding import encode

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class SqsImports:
    """Messages are `{"importId": …}`."""

    def __init__(self, queue_url: str) -> None:
        self._url = queue_url
        self._sqs: SQSClient = client("sqs")

    def put(self, import_id: str) -> None:
        """One SendMessage."""
        with unavailable_where_out_of_reach():
            self._sqs.send_message(QueueUrl=self._url, MessageBody=encode({"importId": import_id}))
