from collections.abc import Callable, Iterator

import pytest

from shared.aws.service import AwsError, Service
from shared.dynamodb.tables import ConditionFailed, Table, add, attribute, set_to
from shared.errors import Unavailable
from tests.shared.aws.aws_server import AwsServer, HangsUp, answers, refuses
from tests.shared.clocks import FakeClock

KEY = {"runId": "r"}


@pytest.fixture
def runs(aws: AwsServer) -> Iterator[Table]:
    service = Service("dynamodb", aws.url, sleep=FakeClock().sleep)
    yield Table("runs", service)
    service.close()


def test_reads_are_consistent_unless_told_otherwise_or_of_an_index(aws: AwsServer, runs: Table) -> None:
    aws.outcomes = [answers(), answers(), *[answers({"Items": []})] * 3]
    mine = attribute("runId") == "r"

    runs.get(KEY)
    runs.get(KEY, consistent=False)
    runs.query(mine)
    runs.query(mine, index="ByUser")
    runs.query(mine, index="ByUser", consistent=True)

    assert [asked.json["ConsistentRead"] for asked in aws.asked] == [True, False, True, False, True]


def test_query_follows_pages_and_asks_for_no_more_than_is_left(aws: AwsServer, runs: Table) -> None:
    rows = [{"seq": {"N": str(seq)}} for seq in range(5)]
    aws.outcomes = [answers({"Items": rows[:2], "LastEvaluatedKey": rows[1]}), answers({"Items": rows[2:3]})]

    found = runs.query(attribute("runId") == "r", limit=3)

    assert [each["seq"] for each in found] == [0, 1, 2]
    assert [asked.json["Limit"] for asked in aws.asked] == [3, 1]
    assert aws.asked[1].json["ExclusiveStartKey"] == rows[1]


def test_scan_reads_every_page_of_every_segment(aws: AwsServer, runs: Table) -> None:
    first, second = {"runId": {"S": "a"}}, {"runId": {"S": "b"}}
    aws.outcomes = [
        answers({"Items": [first], "LastEvaluatedKey": first}),
        answers({"Items": []}),  # a page may be empty
        answers({"Items": [second]}),
    ]

    assert list(runs.scan(segments=2)) == [{"runId": "a"}, {"runId": "b"}]

    asked = [asked.json for asked in aws.asked]
    assert sorted(each["Segment"] for each in asked[:2]) == [0, 1]
    assert {(each["TotalSegments"], each["ConsistentRead"]) for each in asked} == {(2, True)}
    assert [each.get("ExclusiveStartKey") for each in asked] == [None, None, first]


def test_scan_holds_no_more_than_a_page(aws: AwsServer, runs: Table) -> None:
    aws.outcomes = [answers({"Items": [{"runId": {"S": "a"}}], "LastEvaluatedKey": {"runId": {"S": "a"}}})]

    assert next(runs.scan()) == {"runId": "a"}
    assert len(aws.asked) == 1


def test_scan_that_breaks_off_says_so(aws: AwsServer, runs: Table) -> None:
    aws.outcomes = [answers({"Items": [], "LastEvaluatedKey": {"runId": {"S": "a"}}}), *[answers(status=500)] * 3]

    with pytest.raises(Unavailable):
        list(runs.scan())


def test_keys_that_were_not_read_are_asked_for_again(aws: AwsServer, runs: Table) -> None:
    left = {"runs": {"Keys": [{"runId": {"S": "b"}}]}}
    aws.outcomes = [
        answers({"Responses": {"runs": [{"runId": {"S": "a"}}]}, "UnprocessedKeys": left}),
        answers({"Responses": {"runs": [{"runId": {"S": "b"}}]}}),
    ]

    assert runs.get_many([{"runId": "b"}, {"runId": "a"}]) == [{"runId": "b"}, {"runId": "a"}]
    assert aws.asked[1].json["RequestItems"] == left


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
    aws: AwsServer, runs: Table, write: Callable[[Table], object]
) -> None:
    aws.outcomes = [HangsUp(), refuses("ConditionalCheckFailedException")]

    with pytest.raises(Unavailable):
        write(runs)

    assert len(aws.asked) == 2


def test_write_that_counts_is_never_repeated_when_its_answer_was_lost(aws: AwsServer, runs: Table) -> None:
    aws.outcomes = [HangsUp()]

    with pytest.raises(Unavailable):
        runs.update(KEY, add("count", 1), set_to("x", 1))

    assert len(aws.asked) == 1


def test_refused_write_tells_what_was_there(aws: AwsServer, runs: Table) -> None:
    aws.outcomes = [refuses("ConditionalCheckFailedException", Item={"runId": {"S": "r"}})]

    with pytest.raises(ConditionFailed) as error:
        runs.put(KEY, attribute("runId").missing())

    assert error.value.item == KEY


@pytest.mark.parametrize("code", ["ResourceNotFoundException", "ValidationException", "AccessDeniedException"])
def test_mistake_of_ours_passes_as_it_is(aws: AwsServer, runs: Table, code: str) -> None:
    aws.outcomes = [refuses(code)]

    with pytest.raises(AwsError) as error:
        runs.get(KEY)

    assert error.value.code == code
    assert len(aws.asked) == 1
