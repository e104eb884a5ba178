"""What whoever keeps broadcasts must do, in memory and in DynamoDB."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from communications.broadcasts.adapters.broadcasts import DynamoBroadcasts
from communications.broadcasts.domain.broadcasts import (
    BROADCAST,
    Broadcast,
    Broadcasts,
    BroadcastState,
    Report,
    Segment,
)
from communications.notifications.domain.types import Channel
from local.workspace import ROOT
from shared.dynamodb.transactions import Transaction
from shared.persistence.unit_of_work import WriteRefused
from tests.communications.broadcasts.fakes import FakeBroadcasts
from tests.communications.broadcasts.world import WANTED
from tests.communications.notifications.world import NOON
from tests.shared.dynamodb.dynamodb_tables import tables_like
from tests.shared.persistence.fake_transactions import FakeTransaction

FIRST = replace(WANTED, segment=Segment("clean water", "de"), channels=frozenset({Channel.EMAIL, Channel.PUSH})).begun(
    "b1", "sam", NOON
)
LATER = NOON + timedelta(hours=1)
TURNED = replace(FIRST, page=1, after="3#ada", report=Report(25, {"email": {"sent": 20, "held": 5}}))


@dataclass
class Store:
    broadcasts: Broadcasts
    begin: type[Transaction] | type[FakeTransaction]

    def add(self, *several: Broadcast) -> None:
        for broadcast in several:
            work = self.begin()
            self.broadcasts.add(broadcast, work)
            work.commit()


class BroadcastsContract:
    def test_broadcast_is_kept_as_it_is(self, store: Store) -> None:
        store.add(FIRST)
        assert store.broadcasts.find("b1") == FIRST
        assert store.broadcasts.find("b2") is None
        with pytest.raises(WriteRefused) as refused:
            store.add(FIRST)
        assert refused.value.refused == {BROADCAST}

    def test_page_is_turned_once(self, store: Store) -> None:
        store.add(FIRST)
        assert store.broadcasts.turn(TURNED) == TURNED
        assert store.broadcasts.turn(replace(TURNED, after="another")) is None
        through = replace(TURNED, page=2, after=None, is_through=True)
        assert store.broadcasts.turn(through) == through
        assert store.broadcasts.find("b1") == through

    def test_it_ends_once_and_keeps_its_end_when_a_page_is_turned(self, store: Store) -> None:
        store.add(FIRST)
        stopped = replace(FIRST, state=BroadcastState.STOPPED, ended_at=NOON)
        assert store.broadcasts.end("b1", BroadcastState.STOPPED, NOON) == stopped
        assert store.broadcasts.end("b1", BroadcastState.DONE, LATER) is None
        assert store.broadcasts.end("b2", BroadcastState.DONE, LATER) is None
        assert store.broadcasts.turn(TURNED) == replace(TURNED, state=BroadcastState.STOPPED, ended_at=NOON)

    def test_newest_come_first(self, store: Store) -> None:
        store.add(*(replace(FIRST, broadcast_id=f"b{number}") for number in range(5)))
        page = store.broadcasts.listed(None, 3)
        assert [each.broadcast_id for each in page.items] == ["b4", "b3", "b2"]
        rest = store.broadcasts.listed(page.after, 3)
        assert ([each.broadcast_id for each in rest.items], rest.after) == (["b1", "b0"], None)


class TestInMemory(BroadcastsContract):
    @pytest.fixture
    def store(self) -> Store:
        return Store(FakeBroadcasts(), FakeTransaction)


@pytest.mark.emulator
@pytest.mark.usefixtures("local_aws")
class TestInDynamoDB(BroadcastsContract):
    @pytest.fixture
    def store(self, local_aws: str) -> Iterator[Store]:
        with tables_like(local_aws, ROOT / "communications", ["BroadcastsTable"]) as names:
            yield Store(DynamoBroadcasts(names["BroadcastsTable"]), Transaction)
