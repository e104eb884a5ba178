from collections.abc import Callable, Iterator

import pytest

from shared.aws import AwsError, Service
from shared.dynamodb import ConditionFailed, Table, add, attribute, set_to
from shared.errors import Unavailable
from tests.shared.aws_server import AwsServer, HangsUp, answers, refuses, running_aws_server
from tests.shared.clocks import FakeClock

KEY = {"runId": "r"}


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


@pytest.fixture
def runs(dynamo: AwsServer) -> Iterator[Table]:
    service = Service("dynamodb", dynamo.url, sleep=FakeClock().sleep)
    yield Table("runs", service)
    service.close()


def test_reads_are_consistent_unless_told_otherwise_or_of_an_index(dynamo: AwsServer, runs: Table) -> None:
    dynamo.outcomes = [answers(), answers(), *[answers({"Items": []})] * 3]
    mine = attribute("runId") == "r"

    runs.get(KEY)
    runs.get(KEY, consistent=False)
    runs.query(mine)
    runs.query(mine, index="ByUser")
    runs.query(mine, index="ByUser", consistent=True)

    assert [asked.json["ConsistentRead"] for asked in dynamo.asked] == [True, False, True, False, True]


def test_query_follows_pages_and_asks_for_no_more_than_is_left(dynamo: AwsServer, runs: Table) -> None:
    rows = [{"seq": {"N": str(seq)}} for seq in range(5)]
    dynamo.outcomes = [answers({"Items": rows[:2], "LastEvaluatedKey": rows[1]}), answers({"Items": rows[2:3]})]

    found = runs.query(attribute("runId") == "r", limit=3)

    assert [each["seq"] for each in found] == [0, 1, 2]
    assert [asked.json["Limit"] for asked in dynamo.asked] == [3, 1]
    assert dynamo.asked[1].json["ExclusiveStartKey"] == rows[1]


def test_scan_reads_every_page_of_every_segment(dynamo: AwsServer, runs: Table) -> None:
    first, second = {"runId": {"S": "a"}}, {"runId": {"S": "b"}}
    dynamo.outcomes = [
        answers({"Items": [first], "LastEvaluatedKey": first}),
        answers({"Items": []}),  # a page may be empty
        answers({"Items": [second]}),
    ]

    assert list(runs.scan(segments=2)) == [{"runId": "a"}, {"runId": "b"}]

    asked = [asked.json for asked in dynamo.asked]
    assert sorted(each["Segment"] for each in asked[:2]) == [0, 1]
    assert {(each["TotalSegments"], each["ConsistentRead"]) for each in asked} == {(2, True)}
    assert [each.get("ExclusiveStartKey") for each in asked] == [None, None, first]


def test_scan_holds_no_more_than_a_page(dynamo: AwsServer, runs: Table) -> None:
    dynamo.outcomes = [answers({"Items": [{"runId": {"S": "a"}}], "LastEvaluatedKey": {"runId": {"S": "a"}}})]

    assert next(runs.scan()) == {"runId": "a"}
    assert len(dynamo.asked) == 1


def test_scan_that_breaks_off_says_so(dynamo: AwsServer, runs: Table) -> None:
    dynamo.outcomes = [answers({"Items": [], "LastEvaluatedKey": {"runId": {"S": "a"}}}), *[answers(status=500)] * 3]

    with pytest.raises(Unavailable):
        list(runs.scan())


def test_keys_that_were_not_read_are_asked_for_again(dynamo: AwsServer, runs: Table) -> None:
    left = {"runs": {"Keys": [{"runId": {"S": "b"}}]}}
    dynamo.outcomes = [
        answers({"Responses": {"runs": [{"runId": {"S": "a"}}]}, "UnprocessedKeys": left}),
        answers({"Responses": {"runs": [{"runId": {"S": "b"}}]}}),
    ]

    assert runs.get_many([{"runId": "b"}, {"runId": "a"}]) == [{"runId": "b"}, {"runId": "a"}]
    assert dynamo.asked[1].json["RequestItems"] == left


@pytest.mark.parametrize(
    "write",
    [
        lambda runs: runs.put({"runId": "r"}, attribute("runId").missing()),
        lambda runs: runs.delete({"runId": "r"}, attribute("status") == "done"),
        lambda runs: runs.update({"runId": "r"}, set_to("status", "done"), condition=attribute("status") == "running"),
    ],
    ids=["put", "delete", "update"],
)
def test_refused_repetition_of_a_write_whose_answer_was_lost_decides_nothing(
    dynamo: AwsServer, runs: Table, write: Callable[[Table], object]
) -> None:
    dynamo.outcomes = [HangsUp(), refuses("ConditionalCheckFailedException")]

    with pytest.raises(Unavailable):
        write(runs)

    assert len(dynamo.asked) == 2


def test_write_that_counts_is_never_repeated_when_its_answer_was_lost(dynamo: AwsServer, runs: Table) -> None:
    dynamo.outcomes = [HangsUp()]

    with pytest.raises(Unavailable):
        runs.update(KEY, add("count", 1), set_to("x", 1))

    assert len(dynamo.asked) == 1


def test_refused_write_tells_what_was_there(dynamo: AwsServer, runs: Table) -> None:
    dynamo.outcomes = [refuses("ConditionalCheckFailedException", Item={"runId": {"S": "r"}})]

    with pytest.raises(ConditionFailed) as error:
        runs.put(KEY, attribute("runId").missing())

    assert error.value.item == KEY


@pytest.mark.parametrize("code", ["ResourceNotFoundException", "ValidationException", "AccessDeniedException"])
def test_mistake_of_ours_passes_as_it_is(dynamo: AwsServer, runs: Table, code: str) -> None:
    dynamo.outcomes = [refuses(code)]

    with pytest.raises(AwsError) as error:
        runs.get(KEY)

    assert error.value.code == code
    assert len(dynamo.asked) == 1
