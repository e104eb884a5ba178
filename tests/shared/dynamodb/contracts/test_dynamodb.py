"""What `shared.dynamodb.tables` and `shared.dynamodb.tables.transactions` promise, kept by a store that is not ours."""

import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import boto3
import pytest

from shared.aws.service import AwsError, Service
from shared.dynamodb.tables import ConditionFailed, Item, Table, add, attribute, discard, remove, set_if_missing, set_to

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("emulator")]


@pytest.fixture(scope="module")
def table_name(emulator: str) -> Iterator[str]:
    """A table of runs and their frames, with an index of each kind."""
    client: Any = boto3.client("dynamodb", endpoint_url=emulator, region_name="us-west-2", **KEYS)
    name = f"frames-{uuid.uuid4().hex}"
    every = {"Projection": {"ProjectionType": "ALL"}}
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": attribute, "AttributeType": type_}
            for attribute, type_ in (("runId", "S"), ("seq", "N"), ("kind", "S"), ("said", "S"))
        ],
        KeySchema=key("runId", "seq"),
        LocalSecondaryIndexes=[{"IndexName": "BySaid", "KeySchema": key("runId", "said"), **every}],
        GlobalSecondaryIndexes=[{"IndexName": "ByKind", "KeySchema": key("kind", "seq"), **every}],
    )
    yield name
    client.delete_table(TableName=name)
    client.close()


KEYS: dict[str, Any] = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}


def key(hash_name: str, range_name: str) -> list[dict[str, str]]:
    return [{"AttributeName": hash_name, "KeyType": "HASH"}, {"AttributeName": range_name, "KeyType": "RANGE"}]


@pytest.fixture
def frames(emulator: str, table_name: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Table]:
    monkeypatch.setenv("AWS_REGION", "us-west-2")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    client = Service("dynamodb", emulator)
    yield Table(table_name, client)
    client.close()


@pytest.fixture
def run() -> str:
    return uuid.uuid4().hex


def frame(run: str, seq: int, **more: object) -> Item:
    return {"runId": run, "seq": seq, **more}


@pytest.mark.parametrize("segments", [1, 4])
def test_scan_finds_every_item_once(frames: Table, run: str, segments: int) -> None:
    """Of 1.5 MB, which is more than a page."""
    frames.put_many([frame(run, seq, text="x" * 60_000) for seq in range(25)])

    found = [item["seq"] for item in frames.scan(segments=segments) if item["runId"] == run]

    assert sorted(found) == list(range(25))


def test_item_is_read_as_it_was_put(frames: Table, run: str) -> None:
    item = frame(
        run,
        1,
        text="häl\u2028lo 🎈",
        whole=-(10**37),
        fraction=Decimal("0.25"),
        true=True,
        nothing_inside=[None],
        nested={"a": [1, {"b": "c"}], "": ""},
        members=frozenset({"x", "y"}),
        raw=b"\x00\xff",
    )
    frames.put(item | {"absent": None})

    assert frames.get({"runId": run, "seq": 1}) == item
    assert frames.get({"runId": run, "seq": 1}, attributes=["text", "seq"]) == {"text": item["text"], "seq": 1}
    assert frames.get({"runId": run, "seq": 2}) is None


def test_log_takes_each_number_once(frames: Table, run: str) -> None:
    frames.put(frame(run, 1, text="first"), attribute("seq").missing())

    with pytest.raises(ConditionFailed) as error:
        frames.put(frame(run, 1, text="second"), condition=attribute("seq").missing())

    assert error.value.item == frame(run, 1, text="first")
    assert frames.get({"runId": run, "seq": 1}) == frame(run, 1, text="first")


def test_update_makes_what_is_missing_and_answers_the_new_item(frames: Table, run: str) -> None:
    made = frames.update({"runId": run, "seq": 1}, set_to("status", "queued"), add("tries", 1), set_to("who", {}))
    assert made == frame(run, 1, status="queued", tries=1, who={})

    changed = frames.update(
        {"runId": run, "seq": 1},
        set_to("status", None),
        add("tries", 2),
        set_to(("who", "a b"), 7),
        set_if_missing("tries2", 5),
        add("members", frozenset({"x", "y"})),
        condition=(attribute("status") == "queued") & (attribute("tries") < 2),
    )
    assert changed == frame(run, 1, tries=3, who={"a b": 7}, tries2=5, members=frozenset({"x", "y"}))

    emptied = frames.update({"runId": run, "seq": 1}, remove(("who", "a b")), discard("members", frozenset({"x"})))
    assert emptied == frame(run, 1, tries=3, who={}, tries2=5, members=frozenset({"y"}))


def test_update_is_refused_where_its_condition_does_not_hold(frames: Table, run: str) -> None:
    frames.put(frame(run, 1, status="done"))

    with pytest.raises(ConditionFailed):
        frames.update({"runId": run, "seq": 1}, set_to("x", 1), condition=attribute("status").is_in(["queued", "new"]))

    assert frames.get({"runId": run, "seq": 1}) == frame(run, 1, status="done")


def test_delete_minds_its_condition(frames: Table, run: str) -> None:
    frames.put(frame(run, 1, status="done"))
    with pytest.raises(ConditionFailed):
        frames.delete({"runId": run, "seq": 1}, ~attribute("status").exists())

    frames.delete({"runId": run, "seq": 1}, attribute("status").contains("on"))
    frames.delete({"runId": run, "seq": 1})

    assert frames.get({"runId": run, "seq": 1}) is None


def test_query_reads_ranges_both_ways_and_no_more_than_asked(frames: Table, run: str) -> None:
    frames.put_many([frame(run, seq) for seq in range(1, 60)])
    mine = attribute("runId") == run

    assert [each["seq"] for each in frames.query(mine & (attribute("seq") > 55))] == [56, 57, 58, 59]
    assert [each["seq"] for each in frames.query(mine, newest_first=True, limit=2)] == [59, 58]
    assert [each["seq"] for each in frames.query(mine & attribute("seq").between(3, 5))] == [3, 4, 5]
    assert frames.query(mine & (attribute("seq") > 59)) == []


def test_query_follows_pages_to_the_end(frames: Table, run: str) -> None:
    frames.put_many([frame(run, seq, text="x" * 100_000) for seq in range(1, 25)])
    mine = attribute("runId") == run

    assert [each["seq"] for each in frames.query(mine)] == list(range(1, 25))
    assert [each["seq"] for each in frames.query(mine, limit=20)] == list(range(1, 21))
    assert len(frames.query(mine, where=attribute("text").starts_with("x") & ~attribute("kind").exists())) == 24


def test_filter_counts_towards_the_limit_only_what_passes(frames: Table, run: str) -> None:
    frames.put_many([frame(run, seq, even=seq % 2 == 0) for seq in range(1, 11)])

    found = frames.query(attribute("runId") == run, where=attribute("even") == True, limit=3)  # noqa: E712  the attribute

    assert [each["seq"] for each in found] == [2, 4, 6]


def test_indexes_are_read(frames: Table, run: str) -> None:
    frames.put_many([frame(run, 1, kind=run, said="b"), frame(run, 2, said="a"), frame(run, 3, kind=run)])

    by_kind = frames.query(attribute("kind") == run, index="ByKind", newest_first=True, attributes=["seq"])
    by_said = frames.query((attribute("runId") == run) & (attribute("said") >= "a"), index="BySaid", consistent=True)

    assert by_kind == [{"seq": 3}, {"seq": 1}]
    assert [each["seq"] for each in by_said] == [2, 1]


def test_many_items_are_read_in_the_order_of_their_keys(frames: Table, run: str) -> None:
    frames.put_many([frame(run, seq) for seq in range(1, 131)])
    wanted = [3, 1, 500, 2, 3, *range(4, 131)]

    found = frames.get_many([{"seq": seq, "runId": run} for seq in wanted])

    assert [each["seq"] for each in found] == [seq for seq in wanted if seq != 500]
    assert frames.get_many([]) == []


def test_mistake_is_told_by_its_code(frames: Table) -> None:
    with pytest.raises(AwsError) as error:
        Table("no-such-table", frames.client).get({"runId": "x", "seq": 1})

    assert error.value.code == "ResourceNotFoundException"
