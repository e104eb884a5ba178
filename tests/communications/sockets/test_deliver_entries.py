import json
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communications.inbox.domain.inbox import Entry, Kind, NumberedEntry, Unread
from communications.sockets.domain.delivering import Delivered, Deliverer
from communications.sockets.handlers.deliver_entries import handler
from local.workspace import ROOT
from shared.errors import Unavailable
from tests.communications.examples import NOW
from tests.communications.sockets.fakes import Stage
from tests.shared.lambda_context import CONTEXT, fails_as

SAMPLE: dict[str, Any] = json.loads((ROOT / "events/communications/deliver_entries.json").read_text())
USER = SAMPLE["Records"][0]["dynamodb"]["NewImage"]["userId"]["S"]


def entry(seq: int, user_id: str = "ada") -> NumberedEntry:
    return NumberedEntry(user_id, seq, Kind.MESSAGE, {"messageId": str(seq)}, Unread(seq, 0))


def numbers(stage: Stage, connection_id: str) -> list[int]:
    return [int(str(frame["seq"])) for frame in stage.sender.sent.get(connection_id, [])]


def test_what_is_new_reaches_all_sockets_of_its_recipient(stage: Stage) -> None:
    stage.open("c1", "c2", user_id=USER)
    stage.open("c3", user_id="ben")

    assert handler(SAMPLE, CONTEXT) == {"batchItemFailures": []}

    frame = {"type": "message", "seq": 7, "unread": {"messages": 2, "notifications": 0}}
    frame |= {"messageId": "019c21ac-ec65-768f-97de-ebcdf9d43103", "content": "Hello"}
    assert stage.sender.sent == {"c1": [frame], "c2": [frame]}


def test_record_that_cannot_be_read_comes_again_without_holding_up_others(stage: Stage) -> None:
    stage.open("c1", user_id=USER)
    broken = json.loads(json.dumps(SAMPLE["Records"][0]))
    del broken["dynamodb"]["NewImage"]["data"]
    broken["dynamodb"]["SequenceNumber"] = "222"

    answer = handler({"Records": [broken, *SAMPLE["Records"]]}, CONTEXT)

    assert answer == {"batchItemFailures": [{"itemIdentifier": "222"}]}
    assert numbers(stage, "c1") == [7]


def test_order_is_kept_for_each_socket(stage: Stage) -> None:
    stage.open("c1", "c2")
    stage.open("c3", user_id="ben")

    delivered = stage.deliverer.deliver([entry(1), entry(1, "ben"), entry(2), entry(3), entry(2, "ben")], NOW)

    assert delivered == Delivered(sent=3, gone=0, slow=0)
    assert [numbers(stage, each) for each in ("c1", "c2", "c3")] == [[1, 2, 3], [1, 2, 3], [1, 2]]


def test_gone_sockets_are_forgotten_and_slow_ones_closed(stage: Stage) -> None:
    stage.open("c1", "away", "slow")
    stage.sender.away.add("away")
    stage.sender.slow.add("slow")

    assert stage.deliverer.deliver([entry(1), entry(2)], NOW) == Delivered(sent=1, gone=1, slow=1)

    assert numbers(stage, "c1") == [1, 2]
    assert set(stage.connections.by_id) == {"c1"}
    assert stage.sender.closed == ["slow"]


def test_slow_socket_does_not_delay_others(stage: Stage) -> None:
    release = threading.Event()
    others = threading.Semaphore(0)

    class Sockets:
        def send(self, connection_id: str, _: Mapping[str, object]) -> bool:
            if connection_id == "slow":
                assert release.wait(30)
                raise Unavailable("too slow")
            others.release()
            return True

        def close(self, connection_id: str) -> None: ...

    stage.open("slow", *(f"c{number}" for number in range(20)))
    deliverer = Deliverer(stage.connections, Sockets(), ThreadPoolExecutor(4))
    delivering = ThreadPoolExecutor(1).submit(deliverer.deliver, [entry(1)], NOW)
    assert all(others.acquire(timeout=30) for _ in range(20))
    assert not delivering.done()
    release.set()

    assert delivering.result(30) == Delivered(sent=20, gone=0, slow=1)


def test_batch_comes_again_while_it_cannot_be_found_out_who_is_there(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> tuple[str, ...]:
        raise Unavailable("busy")

    monkeypatch.setattr(stage.connections, "of_user", fail)

    with fails_as(Unavailable):
        handler(SAMPLE, CONTEXT)


@given(
    st.lists(st.sampled_from(["ada", "ben", "cy"]), max_size=30),
    st.sets(st.integers(0, 8)),
    st.sets(st.integers(0, 8)),
)
def test_whoever_is_there_gets_everything_in_order(recipients: list[str], gone: set[int], slow: set[int]) -> None:
    stage, count = Stage(), dict.fromkeys(["ada", "ben", "cy"], 0)
    for number in range(9):
        stage.open(str(number), user_id=["ada", "ben", "cy"][number % 3])
    stage.sender.away, stage.sender.slow = set(map(str, gone)), set(map(str, slow - gone))
    entries = []
    for user_id in recipients:
        count[user_id] += 1
        entries.append(entry(count[user_id], user_id))

    stage.deliverer.deliver(entries, NOW)

    for number in set(range(9)) - gone - slow:
        of_user = count[["ada", "ben", "cy"][number % 3]]
        assert numbers(stage, str(number)) == list(range(1, of_user + 1))


def test_entry_without_data_of_its_own_has_a_frame() -> None:
    assert Entry(Kind.UNREAD, {}, messages=-1).messages == -1
    assert NumberedEntry("ada", 1, Kind.UNREAD, {}, Unread()).frame == {
        "type": "unread",
        "seq": 1,
        "unread": {"messages": 0, "notifications": 0},
    }
