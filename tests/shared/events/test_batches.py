import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from shared.events.batches import process_messages, process_messages_together, process_together
from shared.resilience.deadline import Deadline
from tests.shared.events.streamed import failures
from tests.shared.observability.runtime import lines_of


def messages(*bodies: str) -> dict[str, Any]:
    records = [{"messageId": f"m{number}", "body": body} for number, body in enumerate(bodies)]
    return {"Records": records}


def changes(*names: str) -> dict[str, Any]:
    records = [
        {"eventName": "INSERT", "dynamodb": {"SequenceNumber": f"s{number}", "NewImage": {"name": {"S": name}}}}
        for number, name in enumerate(names)
    ]
    return {"Records": records}


def name_of(record: DynamoDBRecord) -> str:
    name: str = record["dynamodb"]["NewImage"]["name"]["S"]
    if name.startswith("bad"):
        raise ValueError(f"{name} is ada@example.org's")
    return name


def work(message: SQSRecord) -> None:
    if message.body.startswith("bad"):
        raise LookupError(f"{message.body} is ada@example.org's")


def test_failed_messages_come_again_and_no_other() -> None:
    assert process_messages(messages("good", "bad", "good", "bad"), work) == failures("m1", "m3")
    assert process_messages(messages("good"), work) == failures()


def test_messages_are_worked_on_in_the_order_of_the_queue() -> None:
    bodies: list[str] = []

    process_messages(messages("run-1", "run-2"), lambda message: bodies.append(message.body))

    assert bodies == ["run-1", "run-2"]


def test_what_is_not_begun_in_time_comes_again(caplog: pytest.LogCaptureFixture) -> None:
    now, worked = 0.0, list[str]()
    deadline = Deadline(50, clock=lambda: now)

    def work_slowly(message: SQSRecord) -> None:
        nonlocal now
        now += 30
        worked.append(message.body)

    assert process_messages(messages("a", "b", "c", "d"), work_slowly, deadline) == failures("m2", "m3")
    assert worked == ["a", "b"]
    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING"]


def test_batch_of_which_all_has_failed_is_answered_too() -> None:
    assert process_messages(messages("bad", "bad"), work) == failures("m0", "m1")
    assert process_together(changes("bad"), name_of, lambda _: []) == failures("s0")


def test_what_was_read_is_acted_upon_at_once_and_in_order() -> None:
    acted: list[list[str]] = []

    def act(names: Sequence[str]) -> list[int]:
        acted.append(list(names))
        return []

    assert process_together(changes("a", "bad", "b", "c"), name_of, act) == failures("s1")
    assert acted == [["a", "b", "c"]]


def test_what_could_not_be_done_comes_again() -> None:
    answer = process_together(
        changes("a", "bad", "b", "c"), name_of, lambda names: [names.index("c"), names.index("a")]
    )

    assert sorted(str(failure["itemIdentifier"]) for failure in answer["batchItemFailures"]) == ["s0", "s1", "s3"]


def test_what_acting_raises_fails_the_whole_batch() -> None:
    def act(_: Sequence[str]) -> list[int]:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        process_together(changes("a", "b"), name_of, act)


def test_failure_is_logged_with_its_place_and_without_its_text(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    process_messages(messages("bad"), work)
    process_together(changes("bad"), name_of, lambda _: [])

    lines = [vars(record) for record in caplog.records if record.levelno == logging.ERROR]
    assert [line["message"] for line in lines] == ["record failed"] * 2
    assert [line["error"] for line in lines] == ["LookupError", "ValueError"]
    assert (lines[0]["messageId"], lines[1]["sequenceNumber"]) == ("m0", "s0")
    assert all("test_batches.py" in line["stack"][-1] for line in lines)
    assert "ada@" not in json.dumps([vars(record) for record in caplog.records], default=str)
    assert "ada@" not in caplog.text


def test_nothing_that_powertools_notes_for_itself_is_written(tmp_path: Path) -> None:
    code = """
from shared.events.batches import process_messages

def work(message):
    raise LookupError(f"{message.body} is ada@example.org's")

def handler(event, context):
    return process_messages(event, work)
"""
    lines = lines_of(tmp_path, code, messages("a", "b"), environment={"AWS_LAMBDA_LOG_LEVEL": "DEBUG"})

    assert [json.loads(line)["message"] for line in lines] == ["record failed"] * 2
    assert "ada@" not in str(lines)


def test_messages_that_can_be_read_are_worked_on_at_once() -> None:
    worked: list[Sequence[str]] = []

    def read(message: SQSRecord) -> str:
        work(message)
        return message.body

    assert process_messages_together(messages("one", "bad", "two"), read, worked.append) == failures("m1")
    assert worked == [["one", "two"]]


def test_batch_of_messages_fails_as_a_whole_where_its_work_does() -> None:
    def fail(_: Sequence[str]) -> None:
        raise LookupError

    with pytest.raises(LookupError):
        process_messages_together(messages("one"), lambda message: message.body, fail)
