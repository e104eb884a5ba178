"""What `Record.change` promises, kept by a store that is not ours."""

from typing import Any

import pytest

from shared.dynamodb.records import ConditionFailed, attribute
from tests.shared.dynamodb.contracts.frames import FrameRecord, content, in_table

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("emulator")]

ODD_NAMES = ["a b", "a.b", "a[0]", "[", "é", "#0", ":0", "S", "size"]


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


def test_nothing_is_changed_by_no_action(frames: type[FrameRecord], run: str) -> None:
    with pytest.raises(ValueError, match="change something"):
        frames(run, 1).change()

    assert frames.find(run, 1) is None
