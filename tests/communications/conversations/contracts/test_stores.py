"""What whoever keeps conversations must do, in memory and in DynamoDB."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from communications.conversations.adapters.blocks import DynamoBlocks
from communications.conversations.adapters.conversations import DynamoConversations
from communications.conversations.adapters.messages import DynamoMessages
from communications.conversations.adapters.people import DynamoPeople
from communications.conversations.adapters.reports import DynamoReports
from communications.conversations.domain.blocks import Block, Blocks
from communications.conversations.domain.conversations import Conversation, Conversations
from communications.conversations.domain.messages import Message, Messages, Pointer, Thread
from communications.conversations.domain.reports import Act, Decision, Report, Reports, State, TrailEntry
from communications.conversations.domain.sending import People
from communications.users.adapters.records import UserRecord
from local.workspace import ROOT
from shared.dynamodb.transactions import Transaction
from shared.persistence.unit_of_work import UnitOfWork, WriteRefused
from tests.communications.conversations.fakes import (
    FakeBlocks,
    FakeConversations,
    FakeMessages,
    FakePeople,
    FakeReports,
)
from tests.communications.examples import NOW, a_user
from tests.shared.dynamodb.dynamodb_tables import tables_like
from tests.shared.persistence.fake_transactions import FakeTransaction

THREAD = Thread("bob", "c")
TABLES = ["Messages", "Threads", "Conversations", "Memberships", "Blocks", "Reports", "Users", "Addresses"]


@dataclass
class Stores:
    messages: Messages
    conversations: Conversations
    blocks: Blocks
    reports: Reports
    people: People
    begin: Callable[[], UnitOfWork]

    def write(self, *writes: Callable[[UnitOfWork], None]) -> None:
        work = self.begin()
        for write in writes:
            write(work)
        work.commit()

    def arrive(self, copy: Message) -> None:
        self.write(
            lambda work: self.messages.add(copy, work),
            lambda work: self.conversations.arrived(copy, work),
        )


def a_copy(number: int = 1, user_id: str = "bob", **changes: Any) -> Message:
    copy = Message(
        message_id=f"m{number}",
        user_id=user_id,
        conversation_id="c",
        sender_id="ada",
        content=f"Words {number} <b>👋</b>\n ",
        created_at=NOW,
        updated_at=NOW,
        seq=number,
    )
    return replace(copy, **changes)


def a_report(number: int = 1) -> Report:
    return Report(report_id=f"r{number}", conversation_id="c", reporter_id="bob", reason="Rude", seq=3, reported_at=NOW)


class StoresContract:
    def test_copies_are_kept_as_they_are(self, stores: Stores) -> None:
        own = a_copy(user_id="ada", recipients=("bob", "eve"))
        stores.arrive(own)
        stores.arrive(a_copy())

        assert stores.messages.find("m1", "ada") == own
        assert stores.messages.find("m1", "bob") == a_copy()
        assert stores.messages.find("m1", "eve") is None
        assert stores.messages.find_all([("m1", "eve"), ("m1", "bob"), ("m1", "ada")]) == [a_copy(), own]
        assert stores.messages.find_all([]) == []

    def test_second_copy_is_refused_and_nothing_is_counted(self, stores: Stores) -> None:
        stores.arrive(a_copy())

        with pytest.raises(WriteRefused) as refusal:
            stores.arrive(a_copy(content="Other", seq=2))
        assert refusal.value.refused == {"copy of the message"}
        assert stores.messages.newest(THREAD, 9, 9) == [Pointer(1, "m1", "ada")]
        membership = stores.conversations.membership("bob", "c")
        assert membership
        assert membership.unread == 1

    def test_withheld_copy_is_kept_once_and_stands_in_no_thread(self, stores: Stores) -> None:
        withheld = a_copy(seq=None, content="")
        stores.messages.withhold(withheld)
        stores.messages.withhold(replace(withheld, version=7))

        assert stores.messages.find("m1", "bob") == withheld
        assert stores.messages.newest(THREAD, 9, 9) == []
        with pytest.raises(WriteRefused):
            stores.arrive(a_copy())

    def test_thread_is_read_from_both_ends(self, stores: Stores) -> None:
        for number in range(1, 6):
            stores.arrive(a_copy(number))
        stores.arrive(a_copy(6, user_id="eve"))

        def seqs(found: Any) -> list[int]:
            return [pointer.seq for pointer in found]

        assert seqs(stores.messages.newest(THREAD, 9, 9)) == [5, 4, 3, 2, 1]
        assert seqs(stores.messages.newest(THREAD, 4, 2)) == [4, 3]
        assert seqs(stores.messages.since(THREAD, 2, 9, 9)) == [3, 4, 5]
        assert seqs(stores.messages.since(THREAD, 0, 4, 2)) == [1, 2]
        assert seqs(stores.messages.since(THREAD, 5, 5, 9)) == []
        assert seqs(stores.messages.since(THREAD, 7, 5, 9)) == []

    def test_change_takes_the_place_of_the_last_change(self, stores: Stores) -> None:
        stores.arrive(a_copy())
        self.edit(stores, 2)
        self.edit(stores, 3)

        assert stores.messages.newest(THREAD, 9, 9) == [Pointer(1, "m1", "ada")]
        assert stores.messages.since(THREAD, 0, 9, 9) == [Pointer(1, "m1", "ada"), Pointer(3, "m1", "ada")]
        changed = stores.messages.find("m1", "bob")
        assert changed
        assert (changed.content, changed.version, changed.seq, changed.changed_seq) == ("Version 3", 3, 1, 3)

    def edit(self, stores: Stores, seq: int) -> None:
        seen = stores.messages.find("m1", "bob")
        assert seen
        changed = seen.edited(f"Version {seq}", NOW)
        stores.write(lambda work: stores.messages.change(seen, changed, seq, work))

    def test_change_of_another_version_is_refused(self, stores: Stores) -> None:
        stores.arrive(a_copy())
        first = a_copy().edited("One", NOW)
        stores.write(lambda work: stores.messages.change(a_copy(), first, 2, work))

        with pytest.raises(WriteRefused) as refusal:
            stores.write(lambda work: stores.messages.change(a_copy(), a_copy().emptied(NOW), 3, work))
        assert refusal.value.refused == {"copy of the message"}
        assert [each.seq for each in stores.messages.since(THREAD, 0, 9, 9)] == [1, 2]

    def test_unread_are_those_of_others_that_arrived_later(self, stores: Stores) -> None:
        for number in range(1, 5):
            stores.arrive(a_copy(number))
        stores.arrive(a_copy(5, sender_id="bob"))

        assert [stores.messages.unread(THREAD, after) for after in (0, 3, 5)] == [4, 1, 0]

    def test_conversation_begins_once(self, stores: Stores) -> None:
        conversation = Conversation.of(["bob", "eve"], "ada", NOW)
        stores.write(lambda work: stores.conversations.add(conversation, work))

        assert stores.conversations.find(conversation.conversation_id) == conversation
        assert stores.conversations.find_all([conversation.conversation_id, "none"]) == [conversation]
        assert stores.conversations.find_all([]) == []
        assert stores.conversations.find("none") is None
        with pytest.raises(WriteRefused) as refusal:
            stores.write(lambda work: stores.conversations.add(conversation, work))
        assert refusal.value.refused == {"conversation"}

    def test_membership_counts_what_arrives(self, stores: Stores) -> None:
        stores.arrive(a_copy(1))
        stores.arrive(a_copy(2, sender_id="bob"))
        stores.arrive(a_copy(3))
        stores.write(lambda work: stores.conversations.changed(a_copy(3), 4, work))

        found = stores.conversations.membership("bob", "c")
        assert found
        assert (found.unread, found.read_up_to, found.last_seq, found.last_message_id) == (2, 0, 4, "m3")
        assert found.receipts == {}
        assert stores.conversations.membership("eve", "c") is None

    def test_reads_and_receipts_replace_what_was_seen_only(self, stores: Stores) -> None:
        stores.arrive(a_copy(1))
        first = stores.conversations.membership("bob", "c")
        assert first
        stores.write(lambda work: stores.conversations.read(first, 1, 0, 2, work))
        second = stores.conversations.membership("bob", "c")
        assert second
        assert (second.unread, second.read_up_to, second.last_seq) == (0, 1, 2)
        stores.write(lambda work: stores.conversations.receipt(second, "eve", "m1", 3, work))
        third = stores.conversations.membership("bob", "c")
        assert third
        assert (third.receipts, third.last_seq, third.read_up_to) == ({"eve": "m1"}, 3, 1)

        with pytest.raises(WriteRefused) as refusal:
            stores.write(lambda work: stores.conversations.read(second, 2, 0, 4, work))
        assert refusal.value.refused == {"membership"}
        with pytest.raises(WriteRefused):
            stores.write(lambda work: stores.conversations.receipt(second, "eve", "m2", 4, work))
        assert stores.conversations.membership("bob", "c") == third

    def test_memberships_are_listed_by_their_last_messages(self, stores: Stores) -> None:
        for number, conversation_id in enumerate("cdefc", start=1):
            stores.arrive(a_copy(number, conversation_id=conversation_id))
        stores.arrive(a_copy(6, user_id="eve"))

        page = stores.conversations.memberships("bob", None, 2)
        assert [each.conversation_id for each in page.items] == ["c", "f"]
        rest = stores.conversations.memberships("bob", page.after, 2)
        assert [each.conversation_id for each in rest.items] == ["e", "d"]
        assert rest.after is None

    def test_blocks_are_of_one_user_against_one(self, stores: Stores) -> None:
        stores.blocks.block("bob", "ada", NOW)
        stores.blocks.block("bob", "ada", NOW)
        stores.blocks.block("ada", "eve", NOW)

        assert stores.blocks.blocking("ada", ["bob", "eve", "tom"]) == {"bob"}
        stores.blocks.block("bob", "eve", NOW)
        page = stores.blocks.blocked("bob", None, 1)
        assert page.items == [Block("ada", NOW)]
        rest = stores.blocks.blocked("bob", page.after, 1)
        assert (rest.items, rest.after) == ([Block("eve", NOW)], None)
        stores.blocks.unblock("bob", "ada")
        stores.blocks.unblock("bob", "ada")
        assert stores.blocks.blocking("ada", ["bob"]) == frozenset()
        assert stores.blocks.blocking("ada", []) == frozenset()

    def test_report_is_kept_and_its_trail_grows(self, stores: Stores) -> None:
        stores.write(lambda work: stores.reports.add(a_report(), work))
        read = TrailEntry(NOW + timedelta(seconds=1), "tom", Act.READ)
        for _ in range(2):
            stores.reports.append("r1", read)
        stores.reports.append("r1", replace(read, at=NOW))

        found = stores.reports.find("r1")
        assert found
        assert replace(found, trail=()) == a_report()
        moved = timedelta(milliseconds=1)
        assert found.trail == (replace(read, at=NOW + moved), read, replace(read, at=read.at + moved))
        assert stores.reports.find("r2") is None

    def test_report_is_decided_once(self, stores: Stores) -> None:
        stores.write(lambda work: stores.reports.add(a_report(), work))
        decided = TrailEntry(NOW, "tom", Act.DECIDED, Decision.REMOVE, "Rude indeed", ("m1", "m2"))

        assert stores.reports.decide("r1", decided) is True
        assert stores.reports.decide("r1", replace(decided, by="eve")) is False
        found = stores.reports.find("r1")
        assert found
        assert found.state is State.DECIDED
        assert found.trail == (replace(decided, at=NOW + timedelta(milliseconds=1)),)

    def test_reports_are_listed_by_state(self, stores: Stores) -> None:
        for report in map(a_report, range(1, 6)):
            stores.write(partial(stores.reports.add, report))
        stores.reports.decide("r2", TrailEntry(NOW, "tom", Act.DECIDED, Decision.DISMISS))

        page = stores.reports.listed(State.OPEN, None, 3)
        assert [each.report_id for each in page.items] == ["r5", "r4", "r3"]
        assert page.items[0] == a_report(5)
        assert [each.report_id for each in stores.reports.listed(State.OPEN, page.after, 3).items] == ["r1"]
        assert [each.report_id for each in stores.reports.listed(State.DECIDED, None, 3).items] == ["r2"]

    def test_names_are_those_of_who_is_here(self, stores: Stores) -> None:
        assert stores.people.names(["ada", "nobody", "bob"]) == {"ada": "Ada Lovelace", "bob": "Bob"}
        assert stores.people.names([]) == {}


class TestInMemory(StoresContract):
    @pytest.fixture
    def stores(self) -> Stores:
        people = FakePeople(ada="Ada Lovelace", bob="Bob")
        return Stores(FakeMessages(), FakeConversations(), FakeBlocks(), FakeReports(), people, FakeTransaction)


@pytest.mark.emulator
@pytest.mark.usefixtures("local_aws")
class TestInDynamoDB(StoresContract):
    @pytest.fixture
    def stores(self, local_aws: str) -> Iterator[Stores]:
        template = ROOT / "communications"
        with tables_like(local_aws, template, [f"{name}Table" for name in TABLES]) as names:
            for user in (a_user("ada"), a_user("bob", "Bob")):
                UserRecord.at(names["UsersTable"]).of(user).put()
            yield Stores(
                DynamoMessages(names["MessagesTable"], names["ThreadsTable"]),
                DynamoConversations(names["ConversationsTable"], names["MembershipsTable"]),
                DynamoBlocks(names["BlocksTable"]),
                DynamoReports(names["ReportsTable"]),
                DynamoPeople(names["UsersTable"]),
                Transaction,
            )
