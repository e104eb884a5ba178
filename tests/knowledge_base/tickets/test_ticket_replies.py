from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from knowledge_base.tickets.domain.threads import MAX_TEXT
from knowledge_base.tickets.domain.tickets import Merge, TicketStatus
from shared.errors import Unavailable
from shared.idempotency.claims import RECORD
from shared.json.encoding import encode
from shared.persistence.unit_of_work import WriteRefused
from tests.knowledge_base.tickets.help_desk import (
    ADA,
    BOB,
    PRIYA,
    TOM,
    HelpDesk,
    amended,
    as_user,
    opened,
    read,
    replied,
)

pytestmark = pytest.mark.usefixtures("edge")

ROUTE, LIST = "POST /tickets/{ticketId}/replies", "GET /tickets/{ticketId}/replies"


@pytest.mark.usefixtures("help_desk")
def test_staff_answer_and_the_ticket_waits_for_the_supporter() -> None:
    ticket_id = opened()
    answer = replied(PRIYA, ticket_id)

    assert (answer["from"], answer["by"], answer["note"], answer["status"]) == (PRIYA, "staff", False, "pending")
    ticket = read(ADA, ticket_id)
    assert ticket["version"] == answer["version"] == 2
    assert ticket["firstRepliedAt"] == answer["at"]
    [reply] = ticket["replies"]
    assert (reply["replyId"], reply["text"], reply["from"]) == (answer["replyId"], "Here it is.", PRIYA)


@pytest.mark.parametrize("status", ["pending", "solved"])
@pytest.mark.usefixtures("help_desk")
def test_supporter_who_writes_again_opens_the_ticket(status: str) -> None:
    ticket_id = opened()
    first = replied(PRIYA, ticket_id)
    amended(PRIYA, ticket_id, status=status)

    assert replied(ADA, ticket_id, "Still nothing")["status"] == "open"
    ticket = read(PRIYA, ticket_id)
    assert (ticket["status"], ticket["solvedAt"]) == ("open", None)
    replied(TOM, ticket_id, "Again")
    assert read(PRIYA, ticket_id)["firstRepliedAt"] == first["at"]


@pytest.mark.usefixtures("help_desk")
def test_staff_who_reply_to_a_solved_ticket_leave_it_solved() -> None:
    ticket_id = opened()
    amended(PRIYA, ticket_id, status="solved")
    assert replied(PRIYA, ticket_id)["status"] == "solved"


@pytest.mark.usefixtures("help_desk")
def test_notes_are_for_staff() -> None:
    ticket_id = opened()
    note = replied(PRIYA, ticket_id, "A regular giver", note=True)

    assert (note["note"], note["status"], note["version"]) == (True, "open", 1)
    assert [each["text"] for each in read(TOM, ticket_id)["replies"]] == ["A regular giver"]
    assert read(ADA, ticket_id)["replies"] == []
    assert read(ADA, ticket_id)["firstRepliedAt"] is None
    assert as_user(ADA, ROUTE, {"text": "x", "note": True}, ticketId=ticket_id)[0] == 403


@pytest.mark.usefixtures("help_desk")
def test_nobody_writes_on_tickets_of_others() -> None:
    ticket_id = opened()
    assert as_user(BOB, ROUTE, {"text": "x"}, ticketId=ticket_id)[0] == 404
    assert as_user(BOB, ROUTE, {"text": "x", "note": True}, ticketId=ticket_id)[0] == 404
    assert as_user(PRIYA, ROUTE, {"text": "x"}, ticketId="none")[0] == 404


def test_closed_and_merged_tickets_take_no_replies(help_desk: HelpDesk) -> None:
    ticket_id = opened()
    amended(PRIYA, ticket_id, status="closed")

    for user_id in (ADA, PRIYA):
        assert as_user(user_id, ROUTE, {"text": "x"}, ticketId=ticket_id)[0] == 409
    assert replied(PRIYA, ticket_id, note=True)["status"] == "closed"
    ticket = help_desk.tickets.by_id[ticket_id]
    help_desk.tickets.by_id[ticket_id] = replace(ticket, merge=Merge("t2", TicketStatus.OPEN))
    assert as_user(PRIYA, ROUTE, {"text": "x", "note": True}, ticketId=ticket_id)[0] == 409


@pytest.mark.parametrize("note", [False, True])
def test_nothing_is_written_on_tickets_of_whoever_was_erased(help_desk: HelpDesk, note: bool) -> None:
    ticket_id = opened()
    entries = list(help_desk.threads.entries)
    help_desk.tickets.erased.add(ADA)

    assert as_user(PRIYA, ROUTE, {"text": "x", "note": note}, ticketId=ticket_id)[0] == 404
    assert help_desk.threads.entries == entries


@pytest.mark.usefixtures("help_desk")
def test_repeated_reply_is_written_once() -> None:
    ticket_id = opened()
    first, second = (as_user(PRIYA, ROUTE, {"text": "x"}, key="1", ticketId=ticket_id) for _ in range(2))

    assert first == second
    assert len(read(ADA, ticket_id)["replies"]) == 1
    assert as_user(PRIYA, ROUTE, {"text": "y"}, key="1", ticketId=ticket_id)[0] == 422


class Interrupted:
    """Commits that others come before, `times` times."""

    def __init__(self, help_desk: HelpDesk, name: str, times: int) -> None:
        self._begin, self._name, self._left = help_desk.begin, name, times

    def __call__(self) -> Any:
        work: Any = self._begin()
        if self._left:
            self._left -= 1

            def refused() -> None:
                raise WriteRefused(frozenset({self._name}))

            work.commit = refused
        return work


def interrupt(help_desk: HelpDesk, name: str, times: int) -> None:
    help_desk.writing = replace(help_desk.writing, unit_of_work=Interrupted(help_desk, name, times))


def test_reply_that_others_come_before_is_written_after_them(help_desk: HelpDesk) -> None:
    ticket_id = opened()
    interrupt(help_desk, "ticket", 2)
    assert replied(PRIYA, ticket_id)["version"] == 2

    interrupt(help_desk, "ticket", 99)
    assert as_user(PRIYA, ROUTE, {"text": "x"}, ticketId=ticket_id)[0] == 503
    interrupt(help_desk, RECORD, 99)
    assert as_user(PRIYA, ROUTE, {"text": "x"}, key="1", ticketId=ticket_id)[0] == 409
    assert len(help_desk.threads.entries) == 2


def test_nothing_is_written_where_the_commit_fails(help_desk: HelpDesk) -> None:
    ticket_id = opened()

    class Fails:
        def commit(self) -> None:
            raise Unavailable("busy")

    def begin() -> Any:
        work: Any = help_desk.begin()
        work.commit = Fails().commit
        return work

    help_desk.writing = replace(help_desk.writing, unit_of_work=begin)
    assert as_user(ADA, ROUTE, {"text": "x"}, ticketId=ticket_id)[0] == 503
    assert as_user(ADA, "POST /tickets", {"subject": "x", "body": "y", "channel": "web"}, key="9")[0] == 503
    assert (len(help_desk.threads.entries), len(help_desk.tickets.by_id)) == (1, 1)


def pages(user_id: str, ticket_id: str, **query: str) -> Iterator[list[str]]:
    """Of texts, the page of the newest first."""
    cursor: dict[str, str] = {}
    while True:
        status, page = as_user(user_id, LIST, query=query | cursor, ticketId=ticket_id)
        assert status == 200, page
        yield [each["text"] for each in page["items"]]
        if page["nextCursor"] is None:
            return
        cursor = {"cursor": page["nextCursor"]}


@pytest.mark.usefixtures("help_desk")
def test_ticket_is_read_with_its_newest_replies_and_older_ones_page_by_page() -> None:
    ticket_id = opened()
    texts = [replied(ADA, ticket_id, str(number))["text"] for number in range(120)]

    ticket = read(ADA, ticket_id)
    assert ticket["body"] == "I gave on Friday."
    assert [each["text"] for each in ticket["replies"]] == texts[70:]
    query = {"cursor": ticket["repliesCursor"], "limit": "100"}
    _, older = as_user(ADA, LIST, query=query, ticketId=ticket_id)
    assert ([each["text"] for each in older["items"]], older["nextCursor"]) == (texts[:70], None)
    assert list(pages(ADA, ticket_id)) == [texts[70:], texts[20:70], texts[:20]]
    assert list(pages(PRIYA, ticket_id, limit="100")) == [texts[20:], texts[:20]]


@pytest.mark.usefixtures("help_desk")
def test_ticket_with_as_many_replies_as_it_is_read_with_has_no_more() -> None:
    ticket_id = opened()
    for number in range(50):
        replied(ADA, ticket_id, str(number))
    assert (len(read(ADA, ticket_id)["replies"]), read(ADA, ticket_id)["repliesCursor"]) == (50, None)
    replied(ADA, ticket_id, "50")
    assert (len(read(ADA, ticket_id)["replies"]), read(ADA, ticket_id)["repliesCursor"] is None) == (50, False)


@pytest.mark.usefixtures("help_desk")
def test_supporters_pages_skip_notes() -> None:
    ticket_id = opened()
    replied(ADA, ticket_id, "First")
    for _ in range(10):
        replied(PRIYA, ticket_id, "A note", note=True)
    replied(ADA, ticket_id, "Last")

    assert list(pages(ADA, ticket_id, limit="2")) == [["Last"], [], ["First"], []]
    assert [len(page) for page in pages(PRIYA, ticket_id, limit="2")] == [2] * 6


@pytest.mark.usefixtures("help_desk")
def test_replies_are_read_by_whoever_may_read_the_ticket() -> None:
    ticket_id, other = opened(), opened()
    for number in range(2):
        replied(ADA, ticket_id, str(number))
    cursor = as_user(ADA, LIST, query={"limit": "1"}, ticketId=ticket_id)[1]["nextCursor"]

    for user_id, of in ((BOB, ticket_id), (ADA, "none")):
        assert as_user(user_id, LIST, ticketId=of)[0] == 404
    for user_id, of in ((PRIYA, ticket_id), (ADA, other)):  # it is of one user and one ticket
        assert as_user(user_id, LIST, query={"cursor": cursor}, ticketId=of)[0] == 400
    assert as_user(ADA, LIST, query={"limit": "101"}, ticketId=ticket_id)[0] == 400


def test_answer_with_the_longest_replies_is_bounded(help_desk: HelpDesk) -> None:
    ticket_id = opened(body="👋" * MAX_TEXT)
    for _ in range(20):
        replied(ADA, ticket_id, "👋" * MAX_TEXT)
    assert len(encode(read(ADA, ticket_id)).encode()) < 450_000
    assert [len(page) for page in pages(ADA, ticket_id, limit="100")] == [3] * 6 + [2]
    assert len(help_desk.threads.entries) == 21
