"""What whoever keeps tickets must do, in memory and in DynamoDB."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from knowledge_base.tickets.adapters.attachments import DynamoAttachments
from knowledge_base.tickets.adapters.canned_replies import DynamoCannedReplies
from knowledge_base.tickets.adapters.threads import DynamoThreads
from knowledge_base.tickets.adapters.tickets import DynamoNumbers, DynamoTickets
from knowledge_base.tickets.adapters.viewers import DynamoViewers
from knowledge_base.tickets.domain.attachments import Attachments, AttachmentState, Flaw, UploadedFile
from knowledge_base.tickets.domain.canned_replies import CannedReplies
from knowledge_base.tickets.domain.closing import Solved
from knowledge_base.tickets.domain.handling import Viewer, Viewers
from knowledge_base.tickets.domain.stores import Answers, Filters, Numbers, Threads, Tickets
from knowledge_base.tickets.domain.threads import Kind, Stretch
from knowledge_base.tickets.domain.tickets import Channel, Priority, Ticket, TicketStatus
from local.workspace import ROOT
from shared.dynamodb.transactions import Transaction
from shared.erasure.tombstones import DynamoTombstones
from shared.idempotency.claims import Claim, KeyInUse
from shared.idempotency.first_answers import DynamoFirstAnswers
from shared.ids import uuid7
from shared.persistence.unit_of_work import UnitOfWork, WriteRefused
from shared.time.periods import Period
from tests.knowledge_base.tickets.examples import NOW, a_canned_reply, a_full_ticket, a_ticket, an_attachment, an_entry
from tests.knowledge_base.tickets.fakes import (
    FakeAttachments,
    FakeCannedReplies,
    FakeNumbers,
    FakeThreads,
    FakeTickets,
    FakeViewers,
)
from tests.shared.dynamodb.dynamodb_tables import tables_like
from tests.shared.first_answers import RecordsInTransactions
from tests.shared.persistence.fake_transactions import FakeTransaction

TABLES = [
    *(
        "SupportTickets",
        "TicketWords",
        "TicketEntries",
        "TicketCounters",
        "TicketViewers",
        "CannedReplies",
        "Attachments",
    ),
    *("Idempotency", "Tombstones"),
]
CLAIM = Claim("record", "request")
FILE = UploadedFile("v1", 7)
DAY = timedelta(days=1)


@dataclass
class Stores:
    tickets: Tickets
    solved: Solved
    threads: Threads
    numbers: Numbers
    viewers: Viewers
    replies: CannedReplies
    attachments: Attachments
    first_answers: Answers
    begin: Callable[[], UnitOfWork]
    erase: Callable[[str], object]

    def write(self, *writes: Callable[[UnitOfWork], None]) -> None:
        work = self.begin()
        for write in writes:
            write(work)
        work.commit()

    def add(self, *tickets: Ticket) -> None:
        for ticket in tickets:
            self.write(partial(self.tickets.add, ticket))

    def listed(self, after: str | None = None, limit: int = 9, **filters: Any) -> tuple[list[str], str | None]:
        page = self.tickets.listed(Filters(**filters), after, limit)
        return [each.ticket_id for each in page.items], page.after


class TicketStoresContract:
    def test_ticket_is_kept_and_changed_as_it_is(self, stores: Stores) -> None:
        stores.add(a_ticket(), a_ticket("t5", channel=Channel.PHONE))
        assert stores.tickets.find("t1") == a_ticket()
        assert stores.tickets.find("t5") == a_ticket("t5", channel=Channel.PHONE)

        stores.write(partial(stores.tickets.change, a_full_ticket()))
        assert stores.tickets.find("t1") == a_full_ticket()
        back = replace(a_ticket(), version=3)
        stores.write(partial(stores.tickets.change, back))
        assert stores.tickets.find("t1") == back
        assert stores.tickets.find_all(["t2", "t1"]) == [back]
        assert stores.tickets.find_all([]) == []
        assert stores.tickets.find("t2") is None

    def test_ticket_of_somebody_without_an_account_stays_so(self, stores: Stores) -> None:
        stores.add(a_ticket(has_account=False))
        stores.write(partial(stores.threads.add, an_entry(has_account=False)))
        changed = a_ticket(has_account=False, priority=Priority.HIGH, version=2)
        stores.write(partial(stores.tickets.change, changed))
        assert stores.tickets.find("t1") == changed
        assert stores.threads.find("t1", "e1") == an_entry(has_account=False)

    def test_ticket_is_added_once(self, stores: Stores) -> None:
        stores.add(a_ticket())

        with pytest.raises(WriteRefused) as refusal:
            stores.add(a_ticket(subject="Other"))
        assert refusal.value.refused == {"ticket"}
        assert stores.listed() == (["t1"], None)

    def test_nothing_is_written_of_whoever_was_erased(self, stores: Stores) -> None:
        stores.erase("bob")

        for user_id in ("bob", "ada"):
            ticket = a_ticket(user_id, user_id=user_id)
            writes = partial(stores.tickets.require_person, user_id), partial(stores.tickets.add, ticket)
            if user_id == "ada":
                stores.write(*writes)
            else:
                with pytest.raises(WriteRefused) as refusal:
                    stores.write(*writes)
                assert refusal.value.refused == {"erased"}
        assert stores.listed() == (["ada"], None)

    @pytest.mark.parametrize("version", [1, 3])
    def test_change_of_another_version_is_refused_and_nothing_written(self, stores: Stores, version: int) -> None:
        stores.add(a_ticket())

        for ticket in (a_ticket(version=version, assignee="tom"), a_ticket("t2", version=2)):
            with pytest.raises(WriteRefused) as refusal:
                stores.write(partial(stores.threads.add, an_entry()), partial(stores.tickets.change, ticket))
            assert refusal.value.refused == {"ticket"}
        assert stores.tickets.find("t1") == a_ticket()
        assert stores.tickets.find("t2") is None
        assert stores.threads.find("t1", "e1") is None

    def test_what_needs_a_ticket_is_refused_without_it(self, stores: Stores) -> None:
        stores.add(a_ticket())
        stores.write(partial(stores.tickets.require, "t1"), partial(stores.threads.add, an_entry()))

        with pytest.raises(WriteRefused) as refusal:
            stores.write(partial(stores.tickets.require, "t2"), partial(stores.threads.add, an_entry(2)))
        assert refusal.value.refused == {"ticket"}

    def test_unsettled_tickets_become_stale_whoever_changes_them(self, stores: Stores) -> None:
        stores.add(a_ticket(), a_ticket("t2", status=TicketStatus.SOLVED))

        assert stores.tickets.mark_stale("t1") is True
        assert stores.tickets.mark_stale("t1") is True
        assert [stores.tickets.mark_stale(each) for each in ("t2", "t3")] == [False, False]
        stores.write(partial(stores.tickets.change, a_ticket(version=2, assignee="tom")))
        assert stores.tickets.find("t1") == a_ticket(version=2, assignee="tom", stale=True)

        for ticket_id in ("t1", "t1", "t3"):
            stores.tickets.mark_fresh(ticket_id)
        assert stores.tickets.find("t1") == a_ticket(version=2, assignee="tom")
        assert stores.tickets.find("t3") is None

    def test_lists_are_of_a_status_an_assignee_or_both(self, stores: Stores) -> None:
        stores.add(
            a_ticket("t1"),
            a_ticket("t2", status=TicketStatus.PENDING, assignee="tom"),
            a_ticket("t3", assignee="tom"),
            a_ticket("t4", status=TicketStatus.CLOSED, user_id="bob"),
            a_ticket("t5", user_id="bob", number=77),
        )

        assert stores.listed() == (["t5", "t4", "t3", "t2", "t1"], None)
        assert stores.listed(status=TicketStatus.OPEN) == (["t5", "t3", "t1"], None)
        assert stores.listed(assignee="tom") == (["t3", "t2"], None)
        assert stores.listed(assignee="none", status=TicketStatus.OPEN) == (["t5", "t1"], None)
        assert stores.listed(user_id="bob") == (["t5", "t4"], None)
        assert stores.listed(user_id="bob", status=TicketStatus.OPEN) == (["t5"], None)
        assert stores.listed(number=77) == (["t5"], None)
        assert stores.listed(number=77, user_id="ada") == ([], None)
        assert stores.listed(status=TicketStatus.SOLVED) == ([], None)
        assert [each.ticket_id for each in stores.solved.solved()] == []
        stores.write(partial(stores.tickets.change, a_ticket("t3", status=TicketStatus.SOLVED, version=2)))
        assert [each.ticket_id for each in stores.solved.solved()] == ["t3"]
        assert stores.listed(assignee="tom") == (["t2"], None)

    @pytest.mark.parametrize(
        "filters",
        [{}, {"status": TicketStatus.OPEN}, {"assignee": "none"}, {"user_id": "ada"}, {"words": ("receipt",)}],
    )
    def test_pages_have_everything_once(self, stores: Stores, filters: dict[str, Any]) -> None:
        stores.add(*(a_ticket(f"t{number}", status=TicketStatus.OPEN) for number in range(1, 8)))
        seen, after = list[str](), None
        for expected in (3, 3, 1):
            page, after = stores.listed(after, 3, **filters)
            assert len(page) == expected
            seen += page
        assert (seen, after) == ([f"t{number}" for number in range(7, 0, -1)], None)

    @pytest.mark.parametrize("others", [{}, {"status": TicketStatus.OPEN}, {"user_id": "ada"}, {"words": ("receipt",)}])
    @pytest.mark.parametrize(
        ("since", "until", "priority"),
        [(2, 6, None), (None, 4, None), (3, None, Priority.URGENT), (None, None, Priority.URGENT), (6, 2, None)],
    )
    def test_tickets_of_a_period_and_a_priority_come_page_by_page(
        self, stores: Stores, since: int | None, until: int | None, priority: Priority | None, others: dict[str, Any]
    ) -> None:
        tickets = [
            a_ticket(uuid7(at := NOW + number * DAY, number), created_at=at, priority=list(Priority)[number % 2 - 1])
            for number in range(1, 8)
        ]
        stores.add(*tickets)
        opened = Period(*(None if day is None else NOW + day * DAY for day in (since, until)))
        seen, after = list[str](), None
        while True:
            page, after = stores.listed(after, 2, opened=opened, priority=priority, **others)
            seen += page
            if after is None:
                break

        wanted = [each for each in tickets if opened.has(each.created_at) and priority in {None, each.priority}]
        assert seen == [each.ticket_id for each in reversed(wanted)]

    def test_tickets_are_found_by_all_words(self, stores: Stores) -> None:
        stores.add(
            a_ticket("t1", subject="Where are my receipts?"),
            a_ticket("t2", subject="A receipt for Zoë’s gift", status=TicketStatus.CLOSED),
            a_ticket("t3", subject="Gift Aid", user_id="bob"),
        )

        assert stores.listed(words=("receipt",)) == (["t2", "t1"], None)
        assert stores.listed(words=("gift", "receipt")) == (["t2"], None)
        assert stores.listed(words=("gift",), status=TicketStatus.OPEN) == (["t3"], None)
        assert stores.listed(words=("gift",), user_id="ada") == (["t2"], None)
        assert stores.listed(words=("zoe", "receipt", "boat")) == ([], None)

    def test_entries_are_found_by_their_ids_and_the_first_is_the_opening(self, stores: Stores) -> None:
        opening = an_entry(1, kind=Kind.OPENING, attachments=("a1", "a2"), channel=Channel.EMAIL)
        note = an_entry(2, ticket_id="t2", kind=Kind.NOTE)
        for entry in (an_entry(3), opening, note):
            stores.write(partial(stores.threads.add, entry))

        assert stores.threads.find("t1", "e1") == stores.threads.opening("t1") == opening
        assert stores.threads.find("t1", "e3") == an_entry(3)
        assert stores.threads.find("t1", "e2") is None
        assert stores.threads.opening("t2") is None
        assert stores.threads.opening("t3") is None
        with pytest.raises(WriteRefused):
            stores.write(partial(stores.threads.add, an_entry(3, text="Other")))

    def test_newest_entries_are_read_and_those_before_them(self, stores: Stores) -> None:
        for number in range(1, 8):
            stores.write(partial(stores.threads.add, an_entry(number, ticket_id="t2" if number == 3 else "t1")))

        first, of_two, nothing = stores.threads.newest(["t1", "t2", "t3"], None, 4, notes=True)
        assert first == Stretch([an_entry(number) for number in (7, 6, 5, 4)], "e4")
        assert of_two == Stretch([an_entry(3, ticket_id="t2")], None)
        assert nothing == Stretch([], None)
        [rest] = stores.threads.newest(["t1"], "e4", 4, notes=True)
        assert rest == Stretch([an_entry(2), an_entry(1)], None)

    def test_notes_that_are_left_out_are_looked_at(self, stores: Stores) -> None:
        for number in range(1, 7):
            kind = Kind.NOTE if number > 2 else Kind.SUPPORTER
            stores.write(partial(stores.threads.add, an_entry(number, kind=kind)))

        assert stores.threads.newest(["t1"], None, 3, notes=False) == [Stretch([], "e4")]
        assert stores.threads.newest(["t1"], "e4", 3, notes=False)[0].entries == [an_entry(2), an_entry(1)]

    def test_no_number_comes_twice(self, stores: Stores) -> None:
        numbers = [stores.numbers.next() for _ in range(5)]
        assert numbers == sorted(set(numbers))

    def test_viewers_are_gone_the_moment_they_expire(self, stores: Stores) -> None:
        tom, priya = Viewer("tom", NOW + timedelta(seconds=30)), Viewer("priya", NOW + timedelta(seconds=29.5))
        for viewer in (replace(tom, until=NOW), tom, priya):
            stores.viewers.note("t1", viewer)
        stores.viewers.note("t2", tom)

        assert stores.viewers.of_ticket("t1", NOW) == [priya, tom]
        assert stores.viewers.of_ticket("t1", NOW + timedelta(seconds=29.5)) == [tom]
        assert stores.viewers.of_ticket("t1", NOW + timedelta(seconds=30)) == []

    def test_canned_replies_are_kept_changed_and_removed(self, stores: Stores) -> None:
        for number in range(1, 5):
            stores.replies.add(a_canned_reply(number), None, None, NOW)
        changed = replace(a_canned_reply(), text="Hello", version=2)

        assert stores.replies.replace(changed) is True
        assert stores.replies.replace(changed) is False
        assert stores.replies.replace(replace(changed, canned_reply_id="c9")) is False
        assert stores.replies.find("c1") == changed
        page = stores.replies.listed(None, 3)
        assert [each.canned_reply_id for each in page.items] == ["c4", "c3", "c2"]
        assert stores.replies.listed(page.after, 3).items == [changed]
        stores.replies.remove("c1")
        stores.replies.remove("c1")
        assert stores.replies.find("c1") is None
        assert stores.replies.listed(None, 3).after is None

    def test_first_answers_are_kept_with_canned_replies_and_attachments(self, stores: Stores) -> None:
        stores.replies.add(a_canned_reply(), CLAIM, {"n": 1}, NOW)
        stores.attachments.add(an_attachment(), Claim("other", "request").answered({"n": 2}, NOW))

        found = [stores.first_answers.find(each, NOW) for each in ("record", "other")]
        assert [each and each.body for each in found] == ['{"n":1}', '{"n":2}']
        with pytest.raises(KeyInUse):
            stores.replies.add(a_canned_reply(2), CLAIM, {"n": 1}, NOW)
        with pytest.raises(KeyInUse):
            stores.attachments.add(an_attachment("a2"), CLAIM.answered({"n": 2}, NOW))
        assert stores.replies.find("c2") is None
        assert stores.attachments.find("a2") is None

    def test_attachment_is_attached_once_by_whose_it_is(self, stores: Stores) -> None:
        for file in (an_attachment(), an_attachment("a2"), an_attachment("a3")):
            stores.attachments.add(file, None)
        stores.attachments.settle("a3", AttachmentState.REFUSED, Flaw.OTHER_TYPE, FILE)
        on_ticket = an_attachment(ticket_id="t1", is_private=True)
        stores.write(partial(stores.attachments.attach, on_ticket, 0))

        assert stores.attachments.find("a1") == on_ticket
        for file in (on_ticket, an_attachment("a2", user_id="bob"), an_attachment("a3"), an_attachment("a9")):
            with pytest.raises(WriteRefused) as refusal:
                stores.write(partial(stores.attachments.attach, replace(file, ticket_id="t2"), 4))
            assert refusal.value.refused == {"attachment 4"}
        assert stores.attachments.find_all(["a9", "a2", "a1"]) == {"a1": on_ticket, "a2": an_attachment("a2")}
        assert stores.attachments.find_all([]) == {}

    def test_attachment_that_is_there_already_stays_as_it_is(self, stores: Stores) -> None:
        stores.attachments.add_new(an_attachment())
        stores.write(partial(stores.attachments.attach, an_attachment(ticket_id="t1"), 0))
        stores.attachments.add_new(an_attachment(name="Other"))
        assert stores.attachments.find("a1") == an_attachment(ticket_id="t1")

    def test_verdict_and_attaching_leave_each_other_alone(self, stores: Stores) -> None:
        stores.attachments.add(an_attachment(), None)

        assert stores.attachments.settle("a1", AttachmentState.ACCEPTED, None, FILE) is True
        assert stores.attachments.settle("a1", AttachmentState.REFUSED, Flaw.TOO_LARGE, UploadedFile("v2", 9)) is False
        assert stores.attachments.settle("a9", AttachmentState.ACCEPTED, None, FILE) is False
        stores.write(partial(stores.attachments.attach, an_attachment(ticket_id="t1"), 0))
        accepted = an_attachment(state=AttachmentState.ACCEPTED, version_id="v1", size_bytes=7, ticket_id="t1")
        assert stores.attachments.find("a1") == accepted


class TestInMemory(TicketStoresContract):
    @pytest.fixture
    def stores(self) -> Stores:
        first_answers, tickets = RecordsInTransactions(), FakeTickets()
        return Stores(
            tickets,
            tickets,
            FakeThreads(),
            FakeNumbers(),
            FakeViewers(),
            FakeCannedReplies(first_answers),
            FakeAttachments(first_answers),
            first_answers,
            FakeTransaction,
            tickets.erased.add,
        )


@pytest.mark.emulator
@pytest.mark.usefixtures("local_aws")
class TestInDynamoDB(TicketStoresContract):
    @pytest.fixture
    def stores(self, local_aws: str) -> Iterator[Stores]:
        with tables_like(local_aws, ROOT / "knowledge_base", [f"{name}Table" for name in TABLES]) as names:
            tombstones = DynamoTombstones(names["TombstonesTable"])
            first_answers = DynamoFirstAnswers(names["IdempotencyTable"])
            tickets = DynamoTickets(names["SupportTicketsTable"], names["TicketWordsTable"], tombstones)
            yield Stores(
                tickets,
                tickets,
                DynamoThreads(names["TicketEntriesTable"]),
                DynamoNumbers(names["TicketCountersTable"]),
                DynamoViewers(names["TicketViewersTable"]),
                DynamoCannedReplies(names["CannedRepliesTable"], first_answers),
                DynamoAttachments(names["AttachmentsTable"], first_answers),
                first_answers,
                Transaction,
                lambda user_id: tombstones.erase(user_id, NOW),
            )
