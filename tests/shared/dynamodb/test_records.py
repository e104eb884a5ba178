import logging
from collections.abc import Callable, Iterator

import pytest
from pynamodb.attributes import UnicodeAttribute, UnicodeSetAttribute
from pynamodb.connection import Connection
from pynamodb.exceptions import PynamoDBException
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from shared.dynamodb.attributes import DocumentAttribute, DocumentsAttribute, IntegerAttribute
from shared.dynamodb.connection import connection
from shared.dynamodb.records import ConditionFailed, Record, put_many, select
from shared.dynamodb.scans import count, scan
from shared.errors import Unavailable
from tests.shared.aws.aws_server import AwsServer, HangsUp, answers, refuses
from tests.shared.dynamodb.clients import forget_clients


class OpenRuns(GlobalSecondaryIndex["RunRecord"]):
    class Meta:
        index_name = "Open"
        projection = AllProjection()

    status = UnicodeAttribute(hash_key=True)


class RunRecord(Record):
    open = OpenRuns()

    run_id = UnicodeAttribute(hash_key=True, attr_name="runId")
    status = UnicodeAttribute(null=True)
    amount = IntegerAttribute(null=True)
    other = IntegerAttribute(null=True)
    steps = DocumentsAttribute(null=True)
    plan = DocumentAttribute(null=True)
    tags = UnicodeSetAttribute()


class KeyRecord(Record):
    run_id = UnicodeAttribute(hash_key=True, attr_name="runId")


@pytest.fixture
def runs(aws: AwsServer) -> Iterator[type[RunRecord]]:  # noqa: ARG001  aws: where they are
    forget_clients()
    yield RunRecord.at("runs")
    forget_clients()


def item(run_id: str) -> dict[str, dict[str, str]]:
    return {"runId": {"S": run_id}}


def page(*items: object, **more: object) -> object:
    return {"Items": items, "Count": len(items), "ScannedCount": len(items), **more}


def test_all_models_share_one_connection(runs: type[RunRecord]) -> None:
    others = RunRecord.at("others")

    assert runs._get_connection().connection is others._get_connection().connection is connection()
    assert runs.Meta.table_name == "runs"
    assert others.Meta.table_name == "others"


def test_private_names_of_pynamodb_are_still_there() -> None:
    assert isinstance(Connection("us-west-2")._tables, dict)


def test_reads_are_consistent_unless_of_an_index(aws: AwsServer, runs: type[RunRecord]) -> None:
    aws.outcomes = [answers({}), answers(page()), answers(page())]

    assert runs.find("r") is None
    assert select(runs, "r") == []
    assert select(runs.open, "done") == []

    assert [request.json.get("ConsistentRead", False) for request in aws.requests] == [True, True, False]
    assert aws.requests[2].json["IndexName"] == "Open"


def test_query_follows_pages_and_asks_for_no_more_than_is_left(aws: AwsServer, runs: type[RunRecord]) -> None:
    aws.outcomes = [answers(page(item("1"), item("2"), LastEvaluatedKey=item("2"))), answers(page(item("3")))]

    assert [run.run_id for run in select(runs, "r", limit=3)] == ["1", "2", "3"]

    assert [request.json["Limit"] for request in aws.requests] == [3, 1]
    assert aws.requests[1].json["ExclusiveStartKey"] == item("2")


def test_records_of_one_table_need_not_know_all_of_its_indexes(
    aws: AwsServer,
    runs: type[RunRecord],  # noqa: ARG001  clients of `aws`
) -> None:
    aws.outcomes = [answers(page())]
    KeyRecord.at("shared")

    assert select(RunRecord.at("shared").open, "done") == []
    assert aws.requests[0].json["IndexName"] == "Open"


def test_filter_reads_on_until_there_are_enough(aws: AwsServer, runs: type[RunRecord]) -> None:
    aws.outcomes = [answers(page(LastEvaluatedKey=item("1"))), answers(page(item("2"), item("3")))]

    assert [run.run_id for run in select(runs, "r", where=RunRecord.status == "done", limit=1)] == ["2"]
    assert "Limit" not in aws.requests[0].json


def test_scan_reads_every_page_of_every_segment(aws: AwsServer, runs: type[RunRecord]) -> None:
    aws.outcomes = [
        answers(page(item("a"), LastEvaluatedKey=item("a"))),
        answers(page(item("b"), LastEvaluatedKey=item("b"))),
        answers(page(item("c"))),
        answers(page()),
    ]

    assert sorted(image["runId"]["S"] for image in scan(runs, segments=2)) == ["a", "b", "c"]

    assert len(aws.requests) == 4
    assert {request.json["TotalSegments"] for request in aws.requests} == {2}
    assert all(request.json["ConsistentRead"] for request in aws.requests)


def test_scan_holds_no_more_than_a_page(aws: AwsServer, runs: type[RunRecord]) -> None:
    aws.outcomes = [answers(page(item("a"), LastEvaluatedKey=item("a")))]

    assert next(scan(runs)) == item("a")
    assert len(aws.requests) == 1


def test_scan_that_breaks_off_is_an_error(aws: AwsServer, runs: type[RunRecord]) -> None:
    aws.outcomes = [answers(page(item("a"), LastEvaluatedKey=item("a"))), *[HangsUp()] * 9]

    with pytest.raises(Unavailable):
        list(scan(runs))


def test_keys_that_were_not_read_are_requested_again(aws: AwsServer, runs: type[RunRecord]) -> None:
    left = {"runs": {"Keys": [item("2")]}}
    aws.outcomes = [
        answers({"Responses": {"runs": [item("1")]}, "UnprocessedKeys": left}),
        answers({"Responses": {"runs": [item("2")]}, "UnprocessedKeys": {}}),
    ]

    assert [run.run_id for run in runs.find_many(["2", "1", "2", "3"])] == ["2", "1", "2"]

    assert aws.requests[0].json["RequestItems"]["runs"]["Keys"] == [item("2"), item("1"), item("3")]
    assert aws.requests[1].json["RequestItems"]["runs"]["Keys"] == [item("2")]


def test_keys_that_are_never_read_make_the_store_busy(aws: AwsServer, runs: type[RunRecord]) -> None:
    left = {"runs": {"Keys": [item("1")]}}
    aws.outcomes = [answers({"Responses": {}, "UnprocessedKeys": left})] * 6

    with pytest.raises(Unavailable):
        runs.find_many(["1"])

    assert len(aws.requests) == 6


def test_items_that_were_not_written_are_sent_again(aws: AwsServer, runs: type[RunRecord]) -> None:
    left = {"runs": [{"PutRequest": {"Item": item("2")}}]}
    aws.outcomes = [answers({"UnprocessedItems": left}), answers({"UnprocessedItems": {}}), answers({})]

    put_many(runs, (runs(str(number)) for number in range(26)))

    sent = [request.json["RequestItems"]["runs"] for request in aws.requests]
    assert [len(each) for each in sent] == [25, 1, 1]
    assert sent[1] == left["runs"]
    assert sent[2] == [{"PutRequest": {"Item": item("25")}}]


def test_items_that_are_never_written_make_the_store_busy(aws: AwsServer, runs: type[RunRecord]) -> None:
    left = {"runs": [{"PutRequest": {"Item": item("1")}}]}
    aws.outcomes = [answers({"UnprocessedItems": left})] * 6

    with pytest.raises(Unavailable):
        put_many(runs, [runs("1")])

    assert len(aws.requests) == 6


@pytest.mark.parametrize(
    "write",
    [
        lambda runs: runs("r").put(RunRecord.run_id.does_not_exist()),
        lambda runs: runs("r").remove(RunRecord.status == "done"),
        lambda runs: runs("r").change(RunRecord.status.set("done"), condition=RunRecord.status == "running"),
    ],
    ids=["put", "remove", "change"],
)
def test_refused_repetition_of_a_write_whose_answer_was_lost_decides_nothing(
    aws: AwsServer, runs: type[RunRecord], write: Callable[[type[RunRecord]], object]
) -> None:
    aws.outcomes = [HangsUp(), refuses("ConditionalCheckFailedException")]

    with pytest.raises(Unavailable):
        write(runs)

    assert len(aws.requests) == 2


@pytest.mark.parametrize(
    "action",
    [
        RunRecord.amount.add(1),
        RunRecord.amount.set(RunRecord.amount + 1),
        RunRecord.amount.set(RunRecord.amount),
        RunRecord.amount.set(RunRecord.other | 1),
        RunRecord.amount.set(RunRecord.amount | (RunRecord.other + 1)),
        RunRecord.steps.set(RunRecord.steps.append(["x"])),
        RunRecord.steps[3].set("x"),
        RunRecord.steps[0].remove(),
        RunRecord.plan["x"][0].remove(),
    ],
    ids=["add", "increment", "copy", "copy or set", "set or increment", "append", "element", "removal", "deep removal"],
)
def test_write_that_counts_is_never_repeated_when_its_answer_was_lost(
    aws: AwsServer, runs: type[RunRecord], action: object
) -> None:
    aws.outcomes = [HangsUp()]

    with pytest.raises(Unavailable):
        runs("r").change(action, RunRecord.status.set("done"))  # type: ignore[arg-type]  # pytest knows no types

    assert len(aws.requests) == 1


def test_write_that_counts_is_repeated_where_its_condition_holds_only_once(
    aws: AwsServer, runs: type[RunRecord]
) -> None:
    aws.outcomes = [HangsUp(), answers({"Attributes": item("r") | {"amount": {"N": "1"}}})]

    changed = runs("r").change(
        RunRecord.amount.add(1),
        RunRecord.status.set("done"),
        condition=RunRecord.status == "running",
        at_most_once=True,
    )

    assert changed.amount == 1
    assert len(aws.requests) == 2


@pytest.mark.parametrize("at_most_once", [False, True])
def test_write_waits_for_a_transaction_that_holds_its_item(
    aws: AwsServer, runs: type[RunRecord], at_most_once: bool
) -> None:
    """Nothing was written, so it is safe to send again whatever it does."""
    conflict = refuses("TransactionConflictException")
    aws.outcomes = [conflict, conflict, answers({"Attributes": item("r") | {"amount": {"N": "1"}}})]

    assert runs("r").change(RunRecord.amount.add(1), at_most_once=at_most_once).amount == 1

    assert len(aws.requests) == 3


def test_item_that_transactions_do_not_let_go_of_makes_the_store_busy(
    aws: AwsServer, runs: type[RunRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.dynamodb.records.Backoff.pause", lambda _: None)
    aws.outcomes = [refuses("TransactionConflictException")] * 20

    with pytest.raises(Unavailable):
        runs("r").put()

    assert len(aws.requests) == 20


def test_write_that_sets_is_repeated_when_its_answer_was_lost(aws: AwsServer, runs: type[RunRecord]) -> None:
    aws.outcomes = [HangsUp(), answers({"Attributes": item("r") | {"amount": {"N": "1"}}})]

    changed = runs("r").change(
        RunRecord.amount.set(RunRecord.amount | 1),
        RunRecord.status.remove(),
        RunRecord.plan["a[0]"].set([1]),
        RunRecord.plan["b[0]"].remove(),
        RunRecord.tags.add({"x"}),
        RunRecord.steps.set([]),
    )

    assert changed.amount == 1
    assert len(aws.requests) == 2


def test_refused_write_tells_what_was_there(aws: AwsServer, runs: type[RunRecord]) -> None:
    aws.outcomes = [refuses("ConditionalCheckFailedException", Item=item("r"))] * 3

    for write in (
        lambda: runs("r").put(RunRecord.run_id.does_not_exist()),
        lambda: runs("r").remove(RunRecord.status == "done"),
        lambda: runs("r").change(RunRecord.amount.add(1), condition=RunRecord.status == "done"),
    ):
        with pytest.raises(ConditionFailed) as error:
            write()
        assert error.value.item == item("r")


@pytest.mark.parametrize("code", ["ResourceNotFoundException", "ValidationException", "AccessDeniedException"])
def test_mistake_of_ours_passes_as_it_is(aws: AwsServer, runs: type[RunRecord], code: str) -> None:
    aws.outcomes = [refuses(code)]

    with pytest.raises(PynamoDBException) as error:
        runs.find("r")

    assert error.value.cause_response_code == code
    assert len(aws.requests) == 1


@pytest.mark.parametrize("code", ["ThrottlingException", "ProvisionedThroughputExceededException"])
def test_throttled_request_is_repeated_then_given_up_and_counted(
    aws: AwsServer, runs: type[RunRecord], code: str, caplog: pytest.LogCaptureFixture
) -> None:
    aws.outcomes = [refuses(code)] * 3

    with caplog.at_level(logging.WARNING), pytest.raises(Unavailable):
        runs.find("r")

    assert len(aws.requests) == 3
    [line] = [vars(record) for record in caplog.records if record.message == "table throttled"]
    assert (line["awsError"], line["throttledTableCalls"]) == (code, 1)


def test_counting_adds_up_the_pages_and_fetches_no_items(aws: AwsServer, runs: type[RunRecord]) -> None:
    aws.outcomes = [answers({"Count": 2, "LastEvaluatedKey": item("2")}), answers({"Count": 1})]

    assert count(runs.open, RunRecord.amount > 3) == 3

    first, second = [request.json for request in aws.requests]
    assert (first["TableName"], first["IndexName"], first["Select"]) == ("runs", "Open", "COUNT")
    assert first["FilterExpression"] == "#0 > :0"
    assert first["ExpressionAttributeNames"] == {"#0": "amount"}
    assert first["ExpressionAttributeValues"] == {":0": {"N": "3"}}
    assert second["ExclusiveStartKey"] == item("2")


def test_image_of_a_stream_stays_as_it_is(runs: type[RunRecord]) -> None:
    image = item("r") | {"amount": {"N": "3"}, "unknown": {"S": "x"}}

    read = runs.of_image(image)

    assert (read.run_id, read.amount) == ("r", 3)
    assert image == item("r") | {"amount": {"N": "3"}, "unknown": {"S": "x"}}


@pytest.mark.parametrize(
    "image", [{"amount": {"N": "3"}}, item("r") | {"amount": {"S": "3"}}, item("r") | {"amount": {"N": "3.5"}}]
)
def test_image_that_is_no_record_is_refused(runs: type[RunRecord], image: dict[str, dict[str, str]]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        runs.of_image(image)
