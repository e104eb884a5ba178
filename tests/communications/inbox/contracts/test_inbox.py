"""What whoever keeps inboxes must do, in memory and in DynamoDB."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from communications.inbox.adapters.inbox import DynamoInbox
from communications.inbox.adapters.records import HeadRecord
from communications.inbox.domain.inbox import KEPT, Entry, Head, Inbox, Kind, Unread
from local.workspace import ROOT
from shared.dynamodb.transactions import Transaction
from shared.persistence.unit_of_work import UnitOfWork, WriteRefused
from tests.communications.examples import NOW
from tests.communications.inbox.fakes import FakeInbox, put
from tests.shared.dynamodb.dynamodb_tables import tables_like
from tests.shared.persistence.fake_transactions import FakeTransaction

MESSAGE = Entry(Kind.MESSAGE, {"messageId": "m", "content": "Hello <b>👋"}, messages=1)
READ = Entry(Kind.UNREAD, {}, messages=-1)


class InboxContract:
    def refuse(self, unit_of_work: UnitOfWork) -> None:
        """Add a write, called `refused`, whose condition does not hold."""
        raise NotImplementedError

    def test_inbox_in_which_nothing_has_happened_is_empty(self, inbox: Inbox) -> None:
        assert inbox.head("ada") == Head("ada", 0, Unread(0, 0))
        assert inbox.since("ada", 0, 10, NOW) == []

    def test_entries_are_numbered_and_counted(self, inbox: Inbox) -> None:
        put(inbox, MESSAGE, Entry(Kind.NOTIFICATION, {"notificationId": "n"}, notifications=1))

        assert put(inbox, READ) == inbox.head("ada") == Head("ada", 3, Unread(0, 1))
        entries = inbox.since("ada", 0, 10, NOW)
        assert [(entry.seq, entry.kind, entry.unread) for entry in entries] == [
            (1, Kind.MESSAGE, Unread(1, 0)),
            (2, Kind.NOTIFICATION, Unread(1, 1)),
            (3, Kind.UNREAD, Unread(0, 1)),
        ]
        assert entries[0].data == MESSAGE.data

    def test_each_recipient_has_a_counter(self, inbox: Inbox) -> None:
        put(inbox, MESSAGE)
        put(inbox, MESSAGE, user_id="bob")

        assert (inbox.head("ada").last_seq, inbox.head("bob").last_seq) == (1, 1)

    def test_work_gets_the_number_of_its_first_entry(self, inbox: Inbox) -> None:
        numbers: list[int] = []

        def work(seq: int, _: UnitOfWork) -> Sequence[Entry]:
            numbers.append(seq)
            return [MESSAGE]

        for _ in range(3):
            inbox.write("ada", work, NOW)
        assert numbers == [1, 2, 3]

    def test_nothing_is_written_if_a_write_of_the_work_is_refused(self, inbox: Inbox) -> None:
        def work(_: int, unit_of_work: UnitOfWork) -> Sequence[Entry]:
            self.refuse(unit_of_work)
            return [MESSAGE]

        with pytest.raises(WriteRefused) as refusal:
            inbox.write("ada", work, NOW)
        assert refusal.value.refused == {"refused"}
        assert inbox.head("ada").last_seq == 0
        assert inbox.since("ada", 0, 10, NOW) == []

    def test_work_without_entries_and_counts_below_zero_are_mistakes(self, inbox: Inbox) -> None:
        with pytest.raises(ValueError, match="changes nothing"):
            put(inbox)
        with pytest.raises(ValueError, match="below 0"):
            put(inbox, READ)

    def test_catching_up_begins_anywhere_and_comes_in_pages(self, inbox: Inbox) -> None:
        put(inbox, *([MESSAGE] * 7))

        assert [entry.seq for entry in inbox.since("ada", 4, 10, NOW)] == [5, 6, 7]
        assert [entry.seq for entry in inbox.since("ada", 0, 2, NOW)] == [1, 2]
        assert inbox.since("ada", 7, 10, NOW) == []

    def test_entries_end_on_the_second(self, inbox: Inbox) -> None:
        put(inbox, MESSAGE)

        assert len(inbox.since("ada", 0, 10, NOW + KEPT - timedelta(seconds=1))) == 1
        assert inbox.since("ada", 0, 10, NOW + KEPT + timedelta(seconds=1)) == []
        assert inbox.head("ada").last_seq == 1

    def test_writers_at_the_same_time_leave_no_gap_and_lose_no_count(self, inbox: Inbox) -> None:
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(lambda _: put(inbox, MESSAGE, MESSAGE), range(16)))

        assert inbox.head("ada") == Head("ada", 32, Unread(32, 0))
        entries = inbox.since("ada", 0, 100, NOW)
        assert [entry.seq for entry in entries] == list(range(1, 33))
        assert [entry.unread.messages for entry in entries] == list(range(1, 33))


class TestInMemory(InboxContract):
    @pytest.fixture
    def inbox(self) -> Inbox:
        return FakeInbox()

    def refuse(self, unit_of_work: UnitOfWork) -> None:
        assert isinstance(unit_of_work, FakeTransaction)
        unit_of_work.step("refused", lambda: False, lambda: None)


@pytest.mark.emulator
@pytest.mark.usefixtures("local_aws")
class TestInDynamoDB(InboxContract):
    @pytest.fixture
    def inbox(self, local_aws: str) -> Iterator[Inbox]:
        template = ROOT / "communications"
        with tables_like(local_aws, template, ["InboxHeadsTable", "InboxEntriesTable"]) as names:
            self._heads = names["InboxHeadsTable"]
            yield DynamoInbox(self._heads, names["InboxEntriesTable"])

    def refuse(self, unit_of_work: UnitOfWork) -> None:
        somebody = HeadRecord.at(self._heads)("nobody", last_seq=1, unread_messages=0, unread_notifications=0)
        Transaction.of(unit_of_work).save("refused", somebody, HeadRecord.user_id.exists())
