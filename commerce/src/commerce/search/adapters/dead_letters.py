"""The dead letters of search on SQS: changes of products that could not be brought into the index."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from commerce.search.domain.syncing import Poison
from shared.aws.clients import client
from shared.aws.failures import unavailable_where_out_of_reach
from shared.json.encoding import encode

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class SqsDeadLetters:
    """A message has the position in the stream, the product's id and the reason, but not the change itself."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._sqs: SQSClient = client("sqs")

    def keep(self, poison: Sequence[Poison]) -> None:
        """A SendMessage each: there is hardly ever more than one."""
        with unavailable_where_out_of_reach():
            for each in poison:
                self._sqs.send_message(QueueUrl=self._url, MessageBody=encode(each))
