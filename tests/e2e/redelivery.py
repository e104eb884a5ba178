"""Delivering again what streams and queues have delivered already, as AWS may at any time."""

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from itertools import batched
from typing import Any

from tests.e2e.clients import Platform


def redeliver_streams(platform: Platform, functions: Collection[str], since: datetime) -> int:
    """Every record that the filters of these functions let through; how many."""
    count = 0
    for mapping in _mappings(platform, functions, "dynamodb"):
        records = list(_records(platform, mapping, since))
        for batch in batched(records, mapping["BatchSize"], strict=False):
            event = json.dumps({"Records": batch}).encode()
            answer = platform.aws("lambda").invoke(FunctionName=mapping["FunctionArn"], Payload=event)
            result = json.loads(answer["Payload"].read())
            assert "FunctionError" not in answer, result
            assert not (result or {}).get("batchItemFailures"), result
        count += len(records)
    return count


def queue_of(platform: Platform, function: str) -> str:
    """The URL of the queue that a function reads."""
    [mapping] = _mappings(platform, [function], "sqs")
    queue = mapping["EventSourceArn"].rpartition(":")[2]
    return str(platform.aws("sqs").get_queue_url(QueueName=queue)["QueueUrl"])


def redrive(platform: Platform, function: str, user_ids: Collection[str]) -> int:
    """These users' events that failed three times, as docs/runbooks/failed_events.md has people do it; how many."""
    aws, sqs, count = platform.aws("lambda"), platform.aws("sqs"), 0
    settings = aws.get_function_event_invoke_config(FunctionName=function, Qualifier="$LATEST")
    queue = settings["DestinationConfig"]["OnFailure"]["Destination"].rpartition(":")[2]
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:  # others' are hidden for half a minute
            event = json.loads(message["Body"])["requestPayload"]
            if event["detail"]["userId"] in user_ids:
                answer = aws.invoke(FunctionName=function, Payload=json.dumps(event).encode())
                if "FunctionError" in answer:  # its worker was killed: the event stays, and is seen again
                    continue
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                count += 1
    return count


def _mappings(platform: Platform, functions: Collection[str], service: str) -> Iterator[dict[str, Any]]:
    pages = platform.aws("lambda").get_paginator("list_event_source_mappings").paginate()
    for mapping in (mapping for page in pages for mapping in page["EventSourceMappings"]):
        source, function = (mapping[each].split(":") for each in ("EventSourceArn", "FunctionArn"))
        if source[2] == service and function[6] in functions:
            yield mapping


def _records(platform: Platform, mapping: Mapping[str, Any], since: datetime) -> Iterator[dict[str, Any]]:
    streams, arn = platform.aws("dynamodbstreams"), mapping["EventSourceArn"]
    patterns = [json.loads(each["Pattern"]) for each in mapping.get("FilterCriteria", {}).get("Filters", [])]
    for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
        wanted = {"StreamArn": arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
        iterator = streams.get_shard_iterator(**wanted)["ShardIterator"]
        while iterator:
            page = streams.get_records(ShardIterator=iterator)
            for record in page["Records"]:
                created = record["dynamodb"]["ApproximateCreationDateTime"]
                record["dynamodb"]["ApproximateCreationDateTime"] = created.timestamp()
                if created >= since and (not patterns or any(_matches(each, record) for each in patterns)):
                    yield record | {"eventSourceARN": arn}
            iterator = page.get("NextShardIterator") if page["Records"] else None


def _matches(pattern: Any, value: Any) -> bool:
    """As Lambda filters, so far as our templates do: values, and whether there is one."""
    if isinstance(pattern, Mapping):
        of = value if isinstance(value, Mapping) else {}
        return all(_matches(each, of.get(name)) for name, each in pattern.items())
    return any(
        (value is not None) is each["exists"] if isinstance(each, Mapping) else value == each for each in pattern
    )
