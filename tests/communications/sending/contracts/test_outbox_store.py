"""What whoever keeps the outbox must do, in memory and in DynamoDB."""

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from communications.sending.adapters.outbox import DynamoOutbox, OutboxRecord, row_of_image
from communications.sending.domain.outbox import KEPT, LOOKED_AFTER, Channel, Outbox, OutboxRow, SendState
from local.workspace import ROOT
from shared.dynamodb.transactions import Transaction
from shared.errors import VersionConflict
from shared.persistence.unit_of_work import UnitOfWork, WriteRefused
from tests.communications.sending.examples import NOW, a_row
from tests.communications.sending.fakes import FakeOutbox
from tests.shared.dynamodb.dynamodb_tables import tables_like
from tests.shared.persistence.fake_transactions import FakeTransaction

TABLES = ROOT / "communications"
SECOND = timedelta(seconds=1)


class OutboxContract:
    @pytest.fixture
    def row(self) -> OutboxRow:
        return a_row(event_id=uuid.uuid4().hex)

    @pytest.mark.parametrize("channel", Channel)
    def test_row_is_read_as_it_was_written(
        self, outbox: Outbox, begin: Callable[[], UnitOfWork], channel: Channel
    ) -> None:
        row = a_row(channel, event_id=uuid.uuid4().hex, reached=frozenset({"phone"}), reason="throttled", attempt=2)
        add(outbox, begin(), row)
        assert outbox.find(row.outbox_id) == row

    def test_row_without_a_category_is_read_as_it_was_written(
        self, outbox: Outbox, begin: Callable[[], UnitOfWork], row: OutboxRow
    ) -> None:
        plain = replace(row, category=None, notification_id=None)
        add(outbox, begin(), plain)
        assert outbox.find(row.outbox_id) == plain

    def test_there_is_one_for_an_event_a_user_and_a_channel(
        self, outbox: Outbox, begin: Callable[[], UnitOfWork], row: OutboxRow
    ) -> None:
        assert outbox.find(row.outbox_id) is None
        add(outbox, begin(), row)
        with pytest.raises(WriteRefused) as refused:
            add(outbox, begin(), replace(row, category="news"))
        assert refused.value.refused == {row.outbox_id}
        add(outbox, begin(), replace(row, user_id="bob"), a_row(Channel.SMS, event_id=row.event_id))
        assert outbox.find(row.outbox_id) == row

    def test_rows_are_added_all_or_none(self, outbox: Outbox, begin: Callable[[], UnitOfWork], row: OutboxRow) -> None:
        add(outbox, begin(), row)
        other = replace(row, user_id="bob")
        with pytest.raises(WriteRefused):
            add(outbox, begin(), other, row)
        assert outbox.find(other.outbox_id) is None

    def test_one_of_many_senders_claims_it(
        self, outbox: Outbox, begin: Callable[[], UnitOfWork], row: OutboxRow
    ) -> None:
        add(outbox, begin(), row)

        def claim(number: int) -> bool:
            try:
                outbox.save(row.claimed(str(number), NOW))
            except VersionConflict:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(claim, range(8))) == 1
        found = outbox.find(row.outbox_id)
        assert found is not None
        assert (found.state, found.version) == (SendState.SENDING, 1)

    def test_row_that_somebody_has_changed_refuses_the_whole_work(
        self, outbox: Outbox, begin: Callable[[], UnitOfWork], row: OutboxRow
    ) -> None:
        add(outbox, begin(), row)
        outbox.save(row.claimed("claim", NOW))
        work, other = begin(), replace(row, user_id="bob")
        outbox.save(row.cancelled("read"), work)
        outbox.add(other, work)
        with pytest.raises(WriteRefused) as refused:
            work.commit()
        assert refused.value.refused == {row.outbox_id}
        assert outbox.find(other.outbox_id) is None

    def test_open_rows_are_found_when_they_are_due(
        self, outbox: Outbox, begin: Callable[[], UnitOfWork], row: OutboxRow
    ) -> None:
        rows = [replace(row, user_id=f"user-{number}", due_at=NOW + number * SECOND) for number in range(9)]
        add(outbox, begin(), *rows)
        assert outbox.due(SendState.PENDING, NOW - SECOND, 10) == []
        assert outbox.due(SendState.PENDING, NOW + 5 * SECOND, 10) == [each.outbox_id for each in rows[:6]]
        assert outbox.due(SendState.PENDING, NOW + 5 * SECOND, 2) == [each.outbox_id for each in rows[:2]]
        assert outbox.due(SendState.SENDING, NOW + 5 * SECOND, 10) == []

    def test_what_has_ended_is_not_due(self, outbox: Outbox, begin: Callable[[], UnitOfWork], row: OutboxRow) -> None:
        add(outbox, begin(), row)
        claimed = outbox.save(row.claimed("claim", NOW))
        assert outbox.due(SendState.SENDING, claimed.due_at, 10) == [row.outbox_id]
        unknown = outbox.save(claimed.doubtful("answer lost", NOW))
        assert outbox.due(SendState.UNKNOWN, NOW, 10) == [row.outbox_id]
        outbox.save(unknown.sent("id"))
        for state in SendState:
            assert outbox.due(state, NOW + timedelta(days=1), 10) == []

    def test_what_is_published_is_looked_after_later_unless_it_was_claimed(
        self, outbox: Outbox, begin: Callable[[], UnitOfWork], row: OutboxRow
    ) -> None:
        claimed = replace(row, user_id="bob")
        add(outbox, begin(), row, claimed)
        claimed = outbox.save(claimed.claimed("claim", NOW))
        for _ in range(2):
            outbox.note_published([row.outbox_id, claimed.outbox_id, "no#such#email"], NOW)
        assert outbox.find(row.outbox_id) == replace(row, due_at=NOW + LOOKED_AFTER, version=1)
        assert outbox.find(claimed.outbox_id) == claimed
        with pytest.raises(VersionConflict):
            outbox.save(row.claimed("claim", NOW))

    def test_rows_of_a_user_are_found(self, outbox: Outbox, begin: Callable[[], UnitOfWork], row: OutboxRow) -> None:
        ada = uuid.uuid4().hex
        rows = [
            replace(row, user_id=ada, created_at=NOW + number * SECOND, event_id=f"{row.event_id}-{number}")
            for number in range(3)
        ]
        add(outbox, begin(), *rows, row)
        newest_first = [each.outbox_id for each in reversed(rows)]
        assert outbox.of_user(ada, 10) == newest_first
        assert outbox.of_user(ada, 2) == newest_first[:2]


def add(outbox: Outbox, work: UnitOfWork, *rows: OutboxRow) -> None:
    for row in rows:
        outbox.add(row, work)
    work.commit()


class TestFakeOutbox(OutboxContract):
    @pytest.fixture
    def outbox(self) -> Outbox:
        return FakeOutbox()

    @pytest.fixture
    def begin(self) -> Callable[[], UnitOfWork]:
        return FakeTransaction


@pytest.mark.emulator
class TestDynamoOutbox(OutboxContract):
    @pytest.fixture
    def outbox(self, local_aws: str) -> Iterator[Outbox]:
        with tables_like(local_aws, TABLES, ["OutboxTable"]) as tables:
            yield DynamoOutbox(tables["OutboxTable"])

    @pytest.fixture
    def begin(self) -> Callable[[], UnitOfWork]:
        return Transaction


def test_row_is_read_from_the_stream() -> None:
    row = a_row().claimed("claim", NOW)
    assert row_of_image(OutboxRecord.at("outbox").of(row).to_dynamodb_dict()) == row


def test_row_is_kept_until_long_after_its_use() -> None:
    assert OutboxRecord.at("outbox").of(a_row()).expires_at == a_row().drop_after + KEPT
