from collections.abc import Iterator

import pytest
from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import TransactWriteError

from shared.dynamodb.attributes import IntegerAttribute
from shared.dynamodb.records import Record
from shared.dynamodb.transactions import Transaction
from shared.errors import Unavailable
from shared.persistence.unit_of_work import StillConflicting, WriteRefused
from tests.shared.aws.aws_server import Answers, AwsServer, HangsUp, answers, refuses
from tests.shared.clocks import FakeClock
from tests.shared.dynamodb.clients import forget_clients


def cancelled(*codes: str, times: int = 1) -> list[Answers]:
    """What DynamoDB answers to a transaction, with the reason for each of its writes."""
    return [refuses("TransactionCanceledException", CancellationReasons=[{"Code": code} for code in codes])] * times


@pytest.fixture(autouse=True)
def clients(aws: AwsServer) -> Iterator[None]:  # noqa: ARG001  aws: where they go
    forget_clients()
    yield
    forget_clients()


class RowRecord(Record):
    row_id = UnicodeAttribute(hash_key=True, attr_name="rowId")
    amount = IntegerAttribute(null=True)


def committed() -> FakeClock:
    """Commit an update, a put and a check, begun in this order."""
    clock = FakeClock()
    row = RowRecord.at("rows")
    transaction = Transaction(clock.sleep, lambda _, longest: longest)
    transaction.change("total", row("t"), [RowRecord.amount.add(1)])
    transaction.save("row", row("r"), RowRecord.row_id.does_not_exist())
    transaction.require("supporter", row("s"), RowRecord.row_id.exists())
    transaction.commit()
    return clock


def tokens(aws: AwsServer) -> list[str]:
    return [request.json["ClientRequestToken"] for request in aws.requests]


def test_everything_is_one_call(aws: AwsServer) -> None:
    assert committed().slept == []

    [request] = aws.requests
    assert request.operation == "TransactWriteItems"
    assert [next(iter(write)) for write in request.json["TransactItems"]] == ["ConditionCheck", "Put", "Update"]
    assert tokens(aws)[0]


def test_delete_is_a_write_too(aws: AwsServer) -> None:
    transaction = Transaction()
    transaction.remove("row", RowRecord.at("rows")("r"))
    transaction.commit()

    assert aws.requests[0].json["TransactItems"] == [{"Delete": {"TableName": "rows", "Key": {"rowId": {"S": "r"}}}}]


def test_commit_whose_answer_was_lost_is_repeated_under_its_token(aws: AwsServer) -> None:
    aws.outcomes = [HangsUp(), answers()]

    committed()

    first, second = tokens(aws)
    assert first == second


@pytest.mark.parametrize(
    ("codes", "refused"),
    [
        (("ConditionalCheckFailed", "None", "None"), {"supporter"}),
        (("None", "ConditionalCheckFailed", "None"), {"row"}),
        (("ConditionalCheckFailed", "None", "ConditionalCheckFailed"), {"supporter", "total"}),
        (("None", "ConditionalCheckFailed", "TransactionConflict"), {"row"}),
    ],
)
def test_refused_writes_are_named_and_not_tried_again(
    aws: AwsServer, codes: tuple[str, ...], refused: set[str]
) -> None:
    aws.outcomes += cancelled(*codes)

    with pytest.raises(WriteRefused) as error:
        committed()

    assert error.value.refused == refused
    assert len(aws.requests) == 1


def test_conflict_is_tried_again_after_a_growing_wait_as_a_new_request(aws: AwsServer) -> None:
    aws.outcomes += cancelled("TransactionConflict", "None", "None", times=3)

    clock = committed()

    assert clock.slept == [0.05, 0.1, 0.2]
    assert len(set(tokens(aws))) == 4


def test_lasting_conflict_is_given_up_and_names_what_others_write(aws: AwsServer) -> None:
    aws.outcomes += cancelled("None", "TransactionConflict", "ThrottlingError", times=50)

    with pytest.raises(StillConflicting) as error:
        committed()

    assert error.value.conflicting == {"row", "total"}
    assert isinstance(error.value, Unavailable)
    assert len(aws.requests) == 6


def test_mistake_of_ours_is_no_conflict(aws: AwsServer) -> None:
    aws.outcomes += cancelled("None", "ValidationError", "None")
    with pytest.raises(TransactWriteError):
        committed()
    aws.outcomes = [refuses("ValidationException")]
    with pytest.raises(TransactWriteError):
        committed()


def test_transaction_of_nothing_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="something"):
        Transaction().commit()
