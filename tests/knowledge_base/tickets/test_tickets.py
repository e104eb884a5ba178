from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from knowledge_base.tickets.domain.tickets import TRANSITIONS, TicketStatus
from shared.errors import Unavailable
from tests.knowledge_base.tickets.examples import a_ticket
from tests.knowledge_base.tickets.help_desk import (
    ADA,
    BOB,
    PRIYA,
    TOM,
    HelpDesk,
    amended,
    as_user,
    moment,
    opened,
    read,
    replied,
)

pytestmark = pytest.mark.usefixtures("edge")

DAY = timedelta(days=1)


def listed(user_id: str, **query: str) -> list[str]:
    """The ids of all pages."""
    found, cursor = list[str](), None
    while True:
        status, page = as_user(user_id, "GET /tickets", query=query | ({"cursor": cursor} if cursor else {}))
        assert status == 200, page
        found += [item["ticketId"] for item in page["items"]]
        if (cursor := page["nextCursor"]) is None:
            return found


@pytest.mark.usefixtures("help_desk")
def test_supporters_see_their_own_tickets_and_staff_all() -> None:
    of_ada, of_bob = opened(ADA), opened(BOB)

    assert listed(ADA) == [of_ada]
    assert listed(PRIYA) == [of_bob, of_ada]
    for user_id, status in ((BOB, 404), (TOM, 200), (ADA, 200)):
        assert as_user(user_id, "GET /tickets/{ticketId}", ticketId=of_ada)[0] == status
    refusals = [as_user(BOB, "GET /tickets/{ticketId}", ticketId=each)[1] for each in (of_ada, "none")]
    assert refusals[0]["detail"] == refusals[1]["detail"]


@pytest.mark.usefixtures("help_desk")
def test_lists_are_filtered_and_paged() -> None:
    first, second, third = (opened(ADA, subject) for subject in ("Gift Aid", "My receipt", "Receipts for gifts"))
    amended(PRIYA, second, assignee=TOM, status="pending")

    assert listed(PRIYA, limit="1") == [third, second, first]
    assert listed(PRIYA, status="pending") == [second]
    assert listed(TOM, assignee="me") == [second]
    assert listed(PRIYA, assignee=TOM, status="open") == []
    assert listed(PRIYA, assignee="none") == [third, first]
    assert listed(PRIYA, q="receipt") == [third, second]
    assert listed(PRIYA, q="the gifts", status="open") == [third, first]
    assert listed(PRIYA, q="#2") == listed(ADA, q="2") == [second]
    assert listed(PRIYA, q="???") == []
    assert listed(BOB, q="receipt") == listed(BOB, q="#2") == []
    assert listed(ADA, q="receipt", limit="1") == [third, second]
    assert as_user(PRIYA, "GET /tickets", query={"status": "new"})[0] == 422

    amended(PRIYA, third, priority="urgent")
    assert listed(PRIYA, priority="urgent") == listed(ADA, priority="urgent") == [third]
    assert listed(PRIYA, priority="normal", limit="1") == [second, first]
    _, refusal = as_user(PRIYA, "GET /tickets", query={"priority": "extreme"})
    assert "low, normal, high, urgent" in refusal["errors"][0]["message"]
    today = datetime.now(UTC).date()
    assert listed(PRIYA, **{"from": f"{today - DAY}", "to": f"{today + DAY}"}) == [third, second, first]
    assert listed(PRIYA, to=f"{today - 2 * DAY}") == []
    assert as_user(PRIYA, "GET /tickets", query={"from": "2026-02-02", "to": "2026-02-01"})[0] == 422


@pytest.mark.usefixtures("help_desk")
@pytest.mark.parametrize("assignee", ["none", "me", TOM])
def test_supporters_do_not_learn_who_works_on_their_tickets(assignee: str) -> None:
    opened(ADA)

    assert as_user(ADA, "GET /tickets", query={"assignee": assignee})[0] == 403


@pytest.mark.usefixtures("help_desk")
def test_cursor_is_of_one_user_and_one_list() -> None:
    for subject in ("One", "Two"):
        opened(ADA, subject)
    cursor = as_user(PRIYA, "GET /tickets", query={"limit": "1"})[1]["nextCursor"]

    assert as_user(TOM, "GET /tickets", query={"cursor": cursor})[0] == 400
    assert as_user(PRIYA, "GET /tickets", query={"cursor": cursor, "status": "open"})[0] == 400


@pytest.mark.usefixtures("help_desk")
def test_staff_assign_prioritize_and_settle() -> None:
    ticket_id = opened()
    before = read(PRIYA, ticket_id)
    status, answer = amended(PRIYA, ticket_id, assignee=TOM, priority="urgent", status="solved")

    assert (status, answer["assignee"], answer["priority"], answer["status"]) == (200, TOM, "urgent", "solved")
    assert answer["version"] == 2
    assert moment(answer["solvedAt"]) >= moment(answer["createdAt"])
    assert moment(answer["due"]["resolution"]) < moment(before["due"]["resolution"])
    assert read(ADA, ticket_id)["assignee"] is None  # who of staff, is for staff
    assert amended(PRIYA, ticket_id, assignee=None)[1]["assignee"] is None
    assert amended(PRIYA, ticket_id)[1]["version"] == 3  # nothing changed


@pytest.mark.usefixtures("help_desk")
def test_only_staff_change_tickets_and_only_staff_are_assigned() -> None:
    ticket_id = opened()

    assert amended(ADA, ticket_id, status="solved")[0] == 403
    for assignee in (BOB, "nobody"):
        status, problem = amended(PRIYA, ticket_id, assignee=assignee)
        assert (status, problem["errors"][0]["field"]) == (422, "assignee")
    assert amended(PRIYA, ticket_id, status=None)[0] == 422
    assert as_user(PRIYA, "PATCH /tickets/{ticketId}", {"version": 1}, ticketId="none")[0] == 404


@pytest.mark.usefixtures("help_desk")
def test_change_of_an_older_version_is_a_conflict() -> None:
    ticket_id = opened()
    amended(PRIYA, ticket_id, priority="high")

    assert amended(TOM, ticket_id, version=1, priority="low")[0] == 409
    assert read(PRIYA, ticket_id)["priority"] == "high"


def test_change_that_comes_between_is_a_conflict(help_desk: HelpDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket_id = opened()
    find = help_desk.tickets.find

    def meanwhile(wanted: str) -> Any:
        found = find(wanted)
        monkeypatch.setattr(help_desk.tickets, "find", find)
        replied(ADA, ticket_id, "One thing more")
        return found

    monkeypatch.setattr(help_desk.tickets, "find", meanwhile)
    assert amended(PRIYA, ticket_id, version=1, status="solved")[0] == 409
    assert read(PRIYA, ticket_id)["status"] == "open"


@pytest.mark.parametrize("before", TicketStatus)
@pytest.mark.parametrize("after", TicketStatus)
def test_status_moves_along_the_graph(help_desk: HelpDesk, before: TicketStatus, after: TicketStatus) -> None:
    help_desk.tickets.by_id["t1"] = a_ticket(status=before)
    status, _ = amended(PRIYA, "t1", status=after)
    assert status == (200 if after is before or after in TRANSITIONS[before] else 409)


def test_store_that_is_busy_is_503(help_desk: HelpDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object) -> Any:
        raise Unavailable("busy")

    monkeypatch.setattr(help_desk.tickets, "find", busy)
    assert as_user(ADA, "GET /tickets/{ticketId}", ticketId="t1")[0] == 503
