"""A table whose stream a function reads, for scenarios and tests of what happens to its records."""

import json
from dataclasses import dataclass
from typing import Any, Self

from tests.contracts.emulator.aws import Aws, eventually, unique


@dataclass(frozen=True)
class Changes:
    aws: Aws
    table: str
    function: str
    mapping: str
    queue: str
    """The mapping's destination for failures."""

    @classmethod
    def read(cls, aws: Aws, **settings: Any) -> Self:
        """Create all parts; the mapping has these settings and is disabled."""
        name = unique("changes")
        stream = aws.client("dynamodb").create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
        )["TableDescription"]["LatestStreamArn"]
        queue = aws.client("sqs").create_queue(QueueName=name)["QueueUrl"]
        attributes = aws.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
        mapping = aws.client("lambda").create_event_source_mapping(
            FunctionName=aws.function("read_changes", FunctionName=name),
            EventSourceArn=stream,
            StartingPosition="TRIM_HORIZON",
            DestinationConfig={"OnFailure": {"Destination": attributes["QueueArn"]}},
            Enabled=False,
            **settings,
        )
        return cls(aws, name, name, mapping["UUID"], queue)

    def write(self, *ids: str) -> None:
        for each in ids:
            self.aws.client("dynamodb").put_item(TableName=self.table, Item={"id": {"S": each}})

    def start(self) -> None:
        """Enable the mapping: it delivers what was written so far as one batch."""
        self.aws.client("lambda").update_event_source_mapping(UUID=self.mapping, Enabled=True)

    def deliveries(self, count: int) -> list[list[str]]:
        """The ids in each batch that the function received, as soon as there are so many and the last one succeeded."""
        eventually(lambda: len(self._logged()) >= count and self.last_result.startswith("OK"))
        return self._logged()

    @property
    def last_result(self) -> str:
        described = self.aws.client("lambda").get_event_source_mapping(UUID=self.mapping)
        result: str = described["LastProcessingResult"]
        return result

    def discarded(self) -> list[tuple[str, int]]:
        """Condition and number of records of each message at the destination."""
        messages = (
            self.aws.client("sqs").receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages", [])
        )
        bodies = [json.loads(message["Body"]) for message in messages]
        return [(body["requestContext"]["condition"], body["DDBStreamBatchInfo"]["batchSize"]) for body in bodies]

    def _logged(self) -> list[list[str]]:
        logs = self.aws.client("logs")
        group = f"/aws/lambda/{self.function}"
        groups = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
        if not groups:
            return []
        events = logs.filter_log_events(logGroupName=group)["events"]
        lines = [line for event in events for line in event["message"].splitlines() if line.startswith('["')]
        return [json.loads(line) for line in lines]
