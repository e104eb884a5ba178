from collections.abc import Iterator

import pytest

from shared.aws import AwsError, Service
from shared.dynamodb import Table, add, attribute
from shared.errors import Unavailable
from shared.transactions import Cancelled, StillConflicting, Transaction
from tests.shared.aws_server import Answers, AwsServer, HangsUp, answers, refuses, running_aws_server
from tests.shared.clocks import FakeClock


@pytest.fixture(scope="module")
def running_server() -> Iterator[AwsServer]:
    with running_aws_server() as server:
        yield server


@pytest.fixture
def dynamo(running_server: AwsServer, monkeypatch: pytest.MonkeyPatch) -> AwsServer:
    for name, value in {"REGION": "us-west-2", "ACCESS_KEY_ID": "x", "SECRET_ACCESS_KEY": "x"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    running_server.asked.clear()
    running_server.outcomes.clear()
    return running_server


def cancelled(*codes: str, times: int = 1) -> list[Answers]:
    """What DynamoDB answers to a transaction, with the reason for each of its writes."""
    return [refuses("TransactionCanceledException", CancellationReasons=[{"Code": code} for code in codes])] * times


def committed(dynamo: AwsServer) -> FakeClock:
    """Commit an update, a put and a check, begun in this order."""
    clock = FakeClock()
    rows = Table("rows", Service("dynamodb", dynamo.url, sleep=clock.sleep))
    transaction = Transaction(clock.sleep, lambda _, longest: longest)
    transaction.update("total", rows, {"rowId": "t"}, [add("amount", 1)])
    transaction.put("row", rows, {"rowId": "r"}, attribute("rowId").missing())
    transaction.check("supporter", rows, {"rowId": "s"}, attribute("rowId").exists())
    transaction.commit()
    return clock


def tokens(dynamo: AwsServer) -> list[str]:
    return [asked.json["ClientRequestToken"] for asked in dynamo.asked]


def test_everything_is_one_call(dynamo: AwsServer) -> None:
    assert committed(dynamo).slept == []

    [asked] = dynamo.asked
    assert asked.operation == "TransactWriteItems"
    assert [next(iter(write)) for write in asked.json["TransactItems"]] == ["Update", "Put", "ConditionCheck"]
    assert tokens(dynamo)[0]


def test_delete_is_a_write_too(dynamo: AwsServer) -> None:
    transaction = Transaction()
    transaction.delete("row", Table("rows", Service("dynamodb", dynamo.url)), {"rowId": "r"})
    transaction.commit()

    assert dynamo.asked[0].json["TransactItems"] == [{"Delete": {"TableName": "rows", "Key": {"rowId": {"S": "r"}}}}]


def test_commit_whose_answer_was_lost_is_repeated_under_its_token(dynamo: AwsServer) -> None:
    dynamo.outcomes = [HangsUp(), answers()]

    committed(dynamo)

    first, second = tokens(dynamo)
    assert first == second


@pytest.mark.parametrize(
    ("codes", "refused"),
    [
        (("None", "None", "ConditionalCheckFailed"), {"supporter"}),
        (("None", "ConditionalCheckFailed", "None"), {"row"}),
        (("ConditionalCheckFailed", "None", "ConditionalCheckFailed"), {"supporter", "total"}),
        (("None", "ConditionalCheckFailed", "TransactionConflict"), {"row"}),
    ],
)
def test_refused_writes_are_named_and_not_tried_again(
    dynamo: AwsServer, codes: tuple[str, ...], refused: set[str]
) -> None:
    dynamo.outcomes += cancelled(*codes)

    with pytest.raises(Cancelled) as error:
        committed(dynamo)

    assert error.value.refused == refused
    assert len(dynamo.asked) == 1


def test_conflict_is_tried_again_after_a_growing_wait_as_a_new_request(dynamo: AwsServer) -> None:
    dynamo.outcomes += cancelled("TransactionConflict", "None", "None", times=3)

    clock = committed(dynamo)

    assert clock.slept == [0.05, 0.1, 0.2]
    assert len(set(tokens(dynamo))) == 4


def test_lasting_conflict_is_given_up_and_names_what_others_write(dynamo: AwsServer) -> None:
    dynamo.outcomes += cancelled("ThrottlingError", "TransactionConflict", "None", times=50)

    with pytest.raises(StillConflicting) as error:
        committed(dynamo)

    assert error.value.conflicting == {"row", "total"}
    assert isinstance(error.value, Unavailable)
    assert len(dynamo.asked) == 6


def test_mistake_of_ours_is_no_conflict(dynamo: AwsServer) -> None:
    dynamo.outcomes += cancelled("None", "ValidationError", "None")
    with pytest.raises(AwsError):
        committed(dynamo)
    dynamo.outcomes = [refuses("ValidationException")]
    with pytest.raises(AwsError):
        committed(dynamo)


def test_transaction_of_nothing_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="something"):
        Transaction().commit()
