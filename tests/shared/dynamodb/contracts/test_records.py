"""What `shared.dynamodb.records` and `transactions` promise, kept by a store that is not ours."""

import uuid
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from pynamodb.attributes import BinaryAttribute, BooleanAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, LocalSecondaryIndex

from shared.aws.failures import code
from shared.dynamodb.attributes import DocumentAttribute, DocumentsAttribute, IntegerAttribute, TextsAttribute
from shared.dynamodb.connection import original
from shared.dynamodb.records import ConditionFailed, Record, attribute, put_many, scan, select
from shared.dynamodb.transactions import Transaction
from shared.persistence.unit_of_work import WriteRefused
from tests.shared.dynamodb.clients import forget_clients

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("emulator")]

ODD_NAMES = ["a b", "a.b", "a[0]", "[", "é", "#0", ":0", "S", "size"]


class FramesBySaid(LocalSecondaryIndex["FrameRecord"]):
    class Meta:
        index_name = "BySaid"
        projection = AllProjection()

    run_id = UnicodeAttribute(hash_key=True, attr_name="runId")
    said = UnicodeAttribute(range_key=True)


class FramesByKind(GlobalSecondaryIndex["FrameRecord"]):
    class Meta:
        index_name = "ByKind"
        projection = AllProjection()

    kind = UnicodeAttribute(hash_key=True)
    seq = IntegerAttribute(range_key=True)


class FrameRecord(Record):
    by_said = FramesBySaid()
    by_kind = FramesByKind()

    run_id = UnicodeAttribute(hash_key=True, attr_name="runId")
    seq = IntegerAttribute(range_key=True)
    kind = UnicodeAttribute(null=True)
    said = UnicodeAttribute(null=True)
    text = UnicodeAttribute(null=True)
    status = UnicodeAttribute(null=True)
    whole = IntegerAttribute(null=True)
    tries = IntegerAttribute(null=True)
    other_tries = IntegerAttribute(null=True, attr_name="tries2")
    even = BooleanAttribute(null=True)
    members = UnicodeSetAttribute()
    tags = TextsAttribute(null=True)
    who = DocumentAttribute(null=True)
    notes = DocumentsAttribute(null=True)
    raw = BinaryAttribute(null=True, legacy_encoding=False)


class KeyRecord(Record):
    """Another kind of item in the same table; it knows nothing of the indexes."""

    run_id = UnicodeAttribute(hash_key=True, attr_name="runId")
    seq = IntegerAttribute(range_key=True)


@pytest.fixture(scope="module")
def table(emulator: str) -> Iterator[Any]:
    """A table of runs and their frames, with an index of each kind, as boto3 knows it."""
    keys: dict[str, Any] = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    every = {"Projection": {"ProjectionType": "ALL"}}
    table = boto3.resource("dynamodb", endpoint_url=emulator, region_name="us-west-2", **keys).create_table(
        TableName=f"frames-{uuid.uuid4().hex}",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": attribute, "AttributeType": type_}
            for attribute, type_ in (("runId", "S"), ("seq", "N"), ("kind", "S"), ("said", "S"))
        ],
        KeySchema=key("runId", "seq"),
        LocalSecondaryIndexes=[{"IndexName": "BySaid", "KeySchema": key("runId", "said"), **every}],
        GlobalSecondaryIndexes=[{"IndexName": "ByKind", "KeySchema": key("kind", "seq"), **every}],
    )
    KeyRecord.at(table.name)  # first, so that the table is registered without its indexes
    yield table
    table.delete()


def key(hash_name: str, range_name: str) -> list[dict[str, str]]:
    return [{"AttributeName": hash_name, "KeyType": "HASH"}, {"AttributeName": range_name, "KeyType": "RANGE"}]


@pytest.fixture
def frames(emulator: str, table: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[FrameRecord]]:
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", emulator)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    forget_clients()
    yield FrameRecord.at(table.name)
    forget_clients()


@pytest.fixture
def run() -> str:
    return uuid.uuid4().hex


def content(record: FrameRecord | None) -> dict[str, Any] | None:
    """What the record has, without its run."""
    if record is None:
        return None
    return {name: value for name, value in record.attribute_values.items() if name != "run_id"}


def in_table(table: Any, run: str, seq: int) -> Any:
    """The item as boto3 reads it, without its run."""
    item = table.get_item(Key={"runId": run, "seq": seq}, ConsistentRead=True).get("Item")
    if item:
        del item["runId"]
    return item


@pytest.mark.parametrize("segments", [1, 4])
def test_scan_finds_every_item_once(frames: type[FrameRecord], run: str, segments: int) -> None:
    """Of 1.5 MB, which is more than a page."""
    put_many(frames, [frames(run, seq, text="x" * 60_000) for seq in range(25)])

    images = scan(frames, segments=segments)
    found = [frames.of_image(image) for image in images if image["runId"] == {"S": run}]

    assert sorted(record.seq for record in found) == list(range(25))
    assert {record.text for record in found} == {"x" * 60_000}


def test_item_is_read_as_it_was_put(frames: type[FrameRecord], table: Any, run: str) -> None:
    nested = {"a": [1, {"b": "c"}, [], None], "": "", "S": "x", "fraction": 0.25, "large": 10**37, "no": False}
    values: dict[str, Any] = {
        "text": "häl\u2028lo 🎈\x00",
        "said": "x",
        "whole": -(10**37),
        "tries": 0,
        "even": True,
        "members": {"x", "y", ""},
        "tags": ("b", "a", "", "b"),
        "who": nested,
        "notes": [nested, None, "x", 1, True, []],
        "raw": b"\x00\xff",
    }
    frames(run, 1, **values).put()

    assert content(frames.find(run, 1)) == {"seq": 1, **values}
    assert content(frames.find(run, 1, attributes=[FrameRecord.text, FrameRecord.seq])) == {
        "seq": 1,
        "text": values["text"],
    }
    assert content(frames.find(run, 1, attributes=(FrameRecord.text,))) == {"text": values["text"]}
    assert frames.find(run, 2) is None
    assert in_table(table, run, 1)["tags"] == ["b", "a", "", "b"]
    assert in_table(table, run, 1)["who"]["fraction"] == Decimal("0.25")


def test_absent_attributes_are_left_out(frames: type[FrameRecord], table: Any, run: str) -> None:
    frames(run, 1, text=None, members=set(), tags=(), who={}).put()

    assert in_table(table, run, 1) == {"seq": 1, "tags": [], "who": {}}
    assert content(frames.find(run, 1)) == {"seq": 1, "tags": (), "who": {}}


def test_item_without_the_projected_attributes_is_found(frames: type[FrameRecord], run: str) -> None:
    frames(run, 1).put()

    assert content(frames.find(run, 1, attributes=[FrameRecord.text])) == {}
    assert frames.find(run, 2, attributes=[FrameRecord.text]) is None


def test_log_takes_each_number_once(frames: type[FrameRecord], run: str) -> None:
    frames(run, 1, text="first").put(FrameRecord.seq.does_not_exist())

    with pytest.raises(ConditionFailed) as error:
        frames(run, 1, text="second").put(FrameRecord.seq.does_not_exist())

    assert error.value.item == {"runId": {"S": run}, "seq": {"N": "1"}, "text": {"S": "first"}}
    assert content(frames.find(run, 1)) == {"seq": 1, "text": "first"}


def test_change_makes_what_is_missing_and_answers_the_new_item(frames: type[FrameRecord], table: Any, run: str) -> None:
    item = frames(run, 1)

    made = item.change(FrameRecord.status.set("queued"), FrameRecord.tries.add(1), FrameRecord.who.set({}))
    assert content(made) == {"seq": 1, "status": "queued", "tries": 1, "who": {}}

    changed = item.change(
        attribute("status").set(None),
        FrameRecord.tries.add(2),
        FrameRecord.who["a b"].set(7),
        FrameRecord.other_tries.set(FrameRecord.other_tries | 5),
        FrameRecord.members.add({"x", "y"}),
        condition=(FrameRecord.status == "queued") & (FrameRecord.tries < 2),
    )
    expected = {"seq": 1, "tries": 3, "who": {"a b": 7}, "other_tries": 5, "members": {"x", "y"}}
    assert content(changed) == expected
    assert "status" not in in_table(table, run, 1)

    emptied = item.change(
        FrameRecord.who["a b"].remove(),
        FrameRecord.members.delete({"x"}),
        FrameRecord.other_tries.set(FrameRecord.other_tries | 6),
    )
    assert content(emptied) == {"seq": 1, "tries": 3, "who": {}, "other_tries": 5, "members": {"y"}}

    last = item.change(FrameRecord.members.delete({"y"}), FrameRecord.who.remove(), FrameRecord.tries.add(-3))
    assert content(last) == content(frames.find(run, 1)) == {"seq": 1, "tries": 0, "other_tries": 5}


def test_change_writes_values_as_put_does(frames: type[FrameRecord], run: str) -> None:
    """Values that pynamodb would take for DynamoDB's own notation, or for a part of them, among them."""
    values: dict[str, Any] = {
        "tags": ("b", "a"),
        "who": {"S": "x"},
        "notes": [{"N": "1"}, [2]],
        "members": {"x"},
        "even": False,
        "raw": b"\x00",
    }
    attributes = FrameRecord.get_attributes()

    changed = frames(run, 1).change(*(attributes[name].set(value) for name, value in values.items()))

    assert content(changed) == content(frames.find(run, 1)) == {"seq": 1, **values}
    same = (FrameRecord.tags == ("b", "a")) & (FrameRecord.who == {"S": "x"}) & (FrameRecord.notes != [])
    assert content(frames(run, 1).change(FrameRecord.tags.set(()), condition=same)) == {"seq": 1, **values, "tags": ()}
    emptied = frames(run, 1).change(FrameRecord.members.set(set()), attribute("raw").set(None))
    assert content(emptied) == {"seq": 1, "tags": (), "who": {"S": "x"}, "notes": [{"N": "1"}, [2]], "even": False}


@pytest.mark.parametrize("name", ODD_NAMES)
def test_names_within_a_map_may_be_anything(frames: type[FrameRecord], run: str, name: str) -> None:
    item = frames(run, 1, who={})
    item.put()

    values: list[Any] = [1, {"S": "x"}, [1, None], "", {name: {}}]
    for value in values:
        path = FrameRecord.who[name]
        assert content(item.change(path.set(value))) == {"seq": 1, "who": {name: value}}
        assert frames(run, 1).change(FrameRecord.tries.set(1), condition=path.exists())
        with pytest.raises(ConditionFailed):
            item.change(FrameRecord.tries.set(2), condition=path != value)
        item.change(FrameRecord.tries.remove(), condition=path == value)

    deeper = FrameRecord.who[name][name]["x"]
    assert content(item.change(deeper.set(2), condition=deeper.does_not_exist())) == {
        "seq": 1,
        "who": {name: {name: {"x": 2}}},
    }
    assert content(item.change(FrameRecord.who[name].set(None))) == {"seq": 1, "who": {}}


def test_elements_of_lists_within_a_map_are_changed(frames: type[FrameRecord], run: str) -> None:
    item = frames(run, 1, who={"a[0]": [1, [2, {"x": 3}]]})
    item.put()

    item.change(FrameRecord.who["a[0]"][1][1]["x"].set(4), FrameRecord.who["a[0]"][0].remove())

    assert content(frames.find(run, 1)) == {"seq": 1, "who": {"a[0]": [[2, {"x": 4}]]}}


@pytest.mark.parametrize("name", ODD_NAMES)
def test_attributes_may_be_named_at_run_time(frames: type[FrameRecord], table: Any, run: str, name: str) -> None:
    there = attribute(name)

    frames(run, 1).change(there.set("x"), condition=there.does_not_exist())
    assert in_table(table, run, 1) == {"seq": 1, name: "x"}

    frames(run, 1).change(there.remove(), condition=there == "x")
    assert in_table(table, run, 1) == {"seq": 1}


def test_change_is_refused_where_its_condition_does_not_hold(frames: type[FrameRecord], run: str) -> None:
    frames(run, 1, status="done").put()

    with pytest.raises(ConditionFailed) as error:
        frames(run, 1).change(FrameRecord.tries.set(1), condition=FrameRecord.status.is_in("queued", "new"))

    assert error.value.item == {"runId": {"S": run}, "seq": {"N": "1"}, "status": {"S": "done"}}
    assert content(frames.find(run, 1)) == {"seq": 1, "status": "done"}


def test_refusal_where_nothing_was_there_has_no_item(frames: type[FrameRecord], run: str) -> None:
    for write in (
        lambda condition: frames(run, 1).put(condition),
        lambda condition: frames(run, 1).change(FrameRecord.tries.set(1), condition=condition),
        lambda condition: frames(run, 1).remove(condition),
    ):
        with pytest.raises(ConditionFailed) as error:
            write(FrameRecord.seq.exists())
        assert error.value.item is None

    assert frames.find(run, 1) is None


def test_nothing_is_changed_by_no_action(frames: type[FrameRecord], run: str) -> None:
    with pytest.raises(ValueError, match="change something"):
        frames(run, 1).change()

    assert frames.find(run, 1) is None


def test_remove_minds_its_condition(frames: type[FrameRecord], run: str) -> None:
    frames(run, 1, status="done").put()
    with pytest.raises(ConditionFailed) as error:
        frames(run, 1).remove(~FrameRecord.status.exists())
    assert error.value.item == {"runId": {"S": run}, "seq": {"N": "1"}, "status": {"S": "done"}}

    frames(run, 1).remove(FrameRecord.status.contains("on"))
    frames(run, 1).remove()

    assert frames.find(run, 1) is None


def test_query_reads_ranges_both_ways_and_no_more_than_its_limit(frames: type[FrameRecord], run: str) -> None:
    put_many(frames, [frames(run, seq) for seq in range(1, 60)])

    assert [record.seq for record in select(frames, run, FrameRecord.seq > 55)] == [56, 57, 58, 59]
    assert [record.seq for record in select(frames, run, newest_first=True, limit=2)] == [59, 58]
    assert [record.seq for record in select(frames, run, FrameRecord.seq.between(3, 5))] == [3, 4, 5]
    assert [record.seq for record in select(frames, run)] == list(range(1, 60))
    assert select(frames, run, FrameRecord.seq > 59) == []
    assert select(frames, run, limit=0) == []


def test_query_follows_pages_to_the_end(frames: type[FrameRecord], run: str) -> None:
    put_many(frames, [frames(run, seq, text="x" * 100_000) for seq in range(1, 25)])

    assert [record.seq for record in select(frames, run)] == list(range(1, 25))
    assert [record.seq for record in select(frames, run, limit=20)] == list(range(1, 21))
    assert [record.seq for record in select(frames, run, newest_first=True)] == list(range(24, 0, -1))
    assert len(select(frames, run, where=FrameRecord.text.startswith("x") & ~FrameRecord.kind.exists())) == 24
    assert [content(record) for record in select(frames, run, attributes=[FrameRecord.seq])] == [
        {"seq": seq} for seq in range(1, 25)
    ]


def test_filter_counts_towards_the_limit_only_what_passes(frames: type[FrameRecord], run: str) -> None:
    put_many(frames, [frames(run, seq, even=seq % 2 == 0) for seq in range(1, 11)])

    found = select(frames, run, where=FrameRecord.even == True, limit=3)  # noqa: E712  the attribute

    assert [record.seq for record in found] == [2, 4, 6]


def test_indexes_are_read(frames: type[FrameRecord], run: str) -> None:
    put_many(frames, [frames(run, 1, kind=run, said="b"), frames(run, 2, said="a"), frames(run, 3, kind=run)])

    by_kind = select(frames.by_kind, run, newest_first=True, attributes=[FrameRecord.seq])
    by_said = select(frames.by_said, run, FramesBySaid.said >= "a", consistent=True)

    assert [content(record) for record in by_kind] == [{"seq": 3}, {"seq": 1}]
    assert [record.seq for record in select(frames.by_kind, run, FramesByKind.seq < 3)] == [1]
    assert [content(record) for record in by_said] == [
        {"seq": 2, "said": "a"},
        {"seq": 1, "kind": run, "said": "b"},
    ]


def test_many_items_are_read_in_the_order_of_their_keys(frames: type[FrameRecord], run: str) -> None:
    put_many(frames, [frames(run, seq) for seq in range(1, 131)])
    wanted = [3, 1, 500, 2, 3, *range(4, 131)]

    found = frames.find_many([(run, seq) for seq in wanted])

    assert [record.seq for record in found] == [seq for seq in wanted if seq != 500]
    assert frames.find_many([]) == []


def test_pages_of_many_items_are_read_to_the_end(frames: type[FrameRecord], run: str) -> None:
    """Of 18 MB, which is more than a batch may have; DynamoDB leaves the rest unread."""
    put_many(frames, [frames(run, seq, text="x" * 300_000) for seq in range(60)])

    found = frames.find_many([(run, seq) for seq in range(60)])

    assert [record.seq for record in found] == list(range(60))


def test_mistake_keeps_its_code(frames: type[FrameRecord], run: str) -> None:
    nowhere = FrameRecord.at("no-such-table")
    mistakes: list[tuple[Callable[[], object], str]] = [
        (lambda: nowhere.find(run, 1), "ResourceNotFoundException"),
        (lambda: nowhere.find_many([(run, 1)]), "ResourceNotFoundException"),
        (lambda: select(nowhere, run), "ResourceNotFoundException"),
        (lambda: list(scan(nowhere)), "ResourceNotFoundException"),
        (lambda: nowhere(run, 1).put(), "ResourceNotFoundException"),
        (lambda: nowhere(run, 1).remove(), "ResourceNotFoundException"),
        (lambda: frames(run, 1).change(FrameRecord.seq.set(2)), "ValidationException"),
    ]
    for mistake, expected in mistakes:
        with pytest.raises((ClientError, PynamoDBException)) as error:
            mistake()
        refusal = original(error.value)
        assert isinstance(refusal, ClientError)
        assert code(refusal) == expected

    assert frames.find(run, 1) is None


def test_transaction_makes_all_writes_or_none(frames: type[FrameRecord], run: str) -> None:
    for seq in (1, 2, 3):
        frames(run, seq, status="queued", tries=1).put()

    transaction = Transaction()
    transaction.require("first", frames(run, 1), FrameRecord.status == "queued")
    transaction.change("second", frames(run, 2), [FrameRecord.tries.add(1), attribute("status").set(None)])
    transaction.remove("third", frames(run, 3), FrameRecord.tries == 1)
    transaction.save("fourth", frames(run, 4, who={"S": 1}), FrameRecord.seq.does_not_exist())
    transaction.change("fifth", frames(run, 5), [FrameRecord.tags.set(("b", "a")), FrameRecord.who.set({"S": "x"})])
    transaction.commit()

    written = [
        {"seq": 1, "status": "queued", "tries": 1},
        {"seq": 2, "tries": 2},
        {"seq": 4, "who": {"S": 1}},
        {"seq": 5, "tags": ("b", "a"), "who": {"S": "x"}},
    ]
    assert [content(record) for record in select(frames, run)] == written

    transaction = Transaction()
    transaction.change("second", frames(run, 2), [FrameRecord.tries.add(1)], FrameRecord.tries == 2)
    transaction.save("fourth", frames(run, 4), FrameRecord.seq.does_not_exist())
    transaction.remove("fifth", frames(run, 5), FrameRecord.tries.exists())
    transaction.require("first", frames(run, 1), FrameRecord.status == "done")
    transaction.save("sixth", frames(run, 6))
    with pytest.raises(WriteRefused) as error:
        transaction.commit()

    assert error.value.refused == {"first", "fourth", "fifth"}
    assert [content(record) for record in select(frames, run)] == written


def test_transaction_names_each_kind_of_write_that_was_refused(frames: type[FrameRecord], run: str) -> None:
    """pynamodb sends them in an order of its own."""
    never, always = FrameRecord.seq.exists(), FrameRecord.seq.does_not_exist()

    for refused in ("change", "save", "remove", "require"):
        conditions = dict.fromkeys(("change", "save", "remove", "require"), always) | {refused: never}
        transaction = Transaction()
        transaction.change("change", frames(run, 1), [FrameRecord.tries.add(1)], conditions["change"])
        transaction.save("save", frames(run, 2), conditions["save"])
        transaction.remove("remove", frames(run, 3), conditions["remove"])
        transaction.require("require", frames(run, 4), conditions["require"])
        with pytest.raises(WriteRefused) as error:
            transaction.commit()
        assert error.value.refused == {refused}

    assert select(frames, run) == []


def test_transaction_of_a_hundred_writes_is_made(frames: type[FrameRecord], run: str) -> None:
    transaction = Transaction()
    for seq in range(100):
        transaction.save(f"frame {seq}", frames(run, seq), FrameRecord.seq.does_not_exist())
    transaction.commit()

    assert [record.seq for record in select(frames, run)] == list(range(100))


def test_mistake_in_a_transaction_keeps_its_code(frames: type[FrameRecord], run: str) -> None:
    transaction = Transaction()
    transaction.save("one", frames(run, 1))
    transaction.save("the same", frames(run, 1, text="x"))
    with pytest.raises(TransactWriteError) as error:
        transaction.commit()

    assert error.value.cause_response_code == "ValidationException"
    with pytest.raises(ValueError, match="change something"):
        Transaction().change("nothing", frames(run, 1), [])
    assert select(frames, run) == []
