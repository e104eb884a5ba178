"""What whoever counts event streams must do, in memory and in DynamoDB."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from communications.sockets.adapters.streams import DynamoStreams
from communications.sockets.domain.following import MAX_STREAMS, STREAM_LIFE, Streams
from local.workspace import ROOT
from shared.auth.callers import Caller
from shared.sockets.connections import Connection
from shared.sockets.stores import DynamoConnections
from tests.communications.examples import NOW
from tests.communications.sockets.fakes import FakeStreams
from tests.shared.dynamodb.dynamodb_tables import tables_like

IDS = [f"stream-{number}" for number in range(MAX_STREAMS)]


class StreamsContract:
    def test_so_many_are_open_and_no_more(self, streams: Streams) -> None:
        assert all(streams.open("ada", stream_id, NOW) for stream_id in IDS)
        assert not streams.open("ada", "another", NOW)
        assert streams.open("ben", "another", NOW)

    def test_what_is_closed_makes_room_for_one(self, streams: Streams) -> None:
        assert all(streams.open("ada", stream_id, NOW) for stream_id in IDS)
        for _ in range(2):
            streams.close("ada", IDS[3], NOW)
        assert streams.open("ada", "another", NOW)
        assert not streams.open("ada", "one more", NOW)

    def test_what_was_never_opened_can_be_closed(self, streams: Streams) -> None:
        streams.close("ada", "no stream", NOW)
        assert streams.open("ada", "stream", NOW)

    def test_what_was_cut_off_is_in_nobodys_way_for_long(self, streams: Streams) -> None:
        assert all(streams.open("ada", stream_id, NOW) for stream_id in IDS)
        later = NOW + STREAM_LIFE
        assert not streams.open("ada", "another", later - timedelta(seconds=1))
        assert all(streams.open("ada", f"later {stream_id}", later) for stream_id in IDS)
        assert not streams.open("ada", "another", later)

    def test_of_many_at_the_same_time_as_many_are_opened(self, streams: Streams) -> None:
        with ThreadPoolExecutor(8) as threads:
            opened = list(threads.map(lambda number: streams.open("ada", str(number), NOW), range(2 * MAX_STREAMS)))
        assert opened.count(True) == MAX_STREAMS


class TestInMemory(StreamsContract):
    @pytest.fixture
    def streams(self) -> Streams:
        return FakeStreams()


@pytest.mark.emulator
@pytest.mark.usefixtures("local_aws")
class TestInDynamoDB(StreamsContract):
    @pytest.fixture
    def table(self, local_aws: str) -> Iterator[str]:
        with tables_like(local_aws, ROOT / "communications" / "tables.yaml", ["ConnectionsTable"]) as names:
            yield names["ConnectionsTable"]

    @pytest.fixture
    def streams(self, table: str) -> Streams:
        return DynamoStreams(table)

    def test_streams_are_no_sockets(self, streams: Streams, table: str) -> None:
        """Nothing is sent to them, and they are not counted, though they are in the same table."""
        connections = DynamoConnections(table)
        connections.add(Connection("c1", Caller("ada"), "s1"), NOW)
        assert streams.open("ada", "stream", NOW)

        assert connections.of_user("ada", NOW) == ("c1",)
        assert connections.count(NOW) == 1
