"""What `shared.dynamodb.transactions` promises, kept by a store that is not ours."""

import pytest
from pynamodb.exceptions import TransactWriteError

from shared.dynamodb.records import attribute, select
from shared.dynamodb.transactions import Transaction
from shared.persistence.unit_of_work import WriteRefused
from tests.shared.dynamodb.contracts.frames import FrameRecord, content

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("emulator")]


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
