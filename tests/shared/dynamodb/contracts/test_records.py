"""What `shared.dynamodb.records` promises of single items, kept by a store that is not ours."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import ClientError
from pynamodb.exceptions import PynamoDBException

from shared.aws.failures import code
from shared.dynamodb.connection import original
from shared.dynamodb.records import ConditionFailed, select
from shared.dynamodb.scans import scan
from tests.shared.dynamodb.contracts.frames import FrameRecord, content, in_table

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("emulator")]


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


def test_remove_minds_its_condition(frames: type[FrameRecord], run: str) -> None:
    frames(run, 1, status="done").put()
    with pytest.raises(ConditionFailed) as error:
        frames(run, 1).remove(~FrameRecord.status.exists())
    assert error.value.item == {"runId": {"S": run}, "seq": {"N": "1"}, "status": {"S": "done"}}

    frames(run, 1).remove(FrameRecord.status.contains("on"))
    frames(run, 1).remove()

    assert frames.find(run, 1) is None


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
