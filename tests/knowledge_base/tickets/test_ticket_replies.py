from dataclasses import replace
from typing import Any

import pytest

from knowledge_base.tickets.domain.tickets import Merge, TicketStatus
from shared.errors import Unavailable
from shared.idempotency.claims import RECORD
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

ROUTE = "POST /tickets/{ticketId}/replies"


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
