"""The topic that brings rows to the senders of their channels."""

import json
from collections.abc import Sequence
from itertools import batched
from typing import TYPE_CHECKING

from communications.sending.domain.outbox import channel_of
from shared.aws.clients import client
from shared.aws.failures import unavailable_where_out_of_reach

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

_MAX_ENTRIES = 10  # of one PublishBatch


class SnsTopic:
    """Messages have a row's id, no personal data; the attribute `channel` is what queues filter by."""

    def __init__(self, topic_arn: str) -> None:
        self._sns: SNSClient = client("sns")
        self._topic_arn = topic_arn

    def publish(self, outbox_ids: Sequence[str]) -> Sequence[int]:
        """One PublishBatch for each ten."""
        failed = list[int]()
        for batch in batched(enumerate(outbox_ids), _MAX_ENTRIES, strict=False):
            with unavailable_where_out_of_reach():
                answer = self._sns.publish_batch(
                    TopicArn=self._topic_arn,
                    PublishBatchRequestEntries=[
                        {
                            "Id": str(position),
                            "Message": json.dumps({"outboxId": outbox_id}),
                            "MessageAttributes": {
                                "channel": {"DataType": "String", "StringValue": channel_of(outbox_id).value}
                            },
                        }
                        for position, outbox_id in batch
                    ],
                )
            failed += [int(entry["Id"]) for entry in answer["Failed"]]
        return failed
