"""The queue of what the provider has reported, on SQS."""

import json
from typing import TYPE_CHECKING

from commerce.payments.domain.events import PaymentEvent
from shared.aws.clients import client
from shared.aws.failures import unavailable_where_out_of_reach

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class SqsPaymentEvents:
    def __init__(self, url: str) -> None:
        self._url = url
        self._sqs: SQSClient = client("sqs")

    def put(self, event: PaymentEvent) -> None:
        with unavailable_where_out_of_reach():
            self._sqs.send_message(QueueUrl=self._url, MessageBody=json.dumps(event.message()))
