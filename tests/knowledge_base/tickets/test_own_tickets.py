"""Whoever of staff asks for help themselves is a supporter on their own ticket."""

import pytest

from tests.knowledge_base.tickets.help_desk import (
    ADA,
    PRIYA,
    TOM,
    HelpDesk,
    amended,
    as_user,
    opened,
    read,
    replied,
    uploaded,
)

pytestmark = pytest.mark.usefixtures("edge")


@pytest.fixture
def own(help_desk: HelpDesk) -> str:  # noqa: ARG001
    """A ticket of Priya's, who is staff; Tom has taken and noted it."""
    ticket_id = opened(PRIYA)
    amended(TOM, ticket_id, assignee=TOM)
    replied(TOM, ticket_id, "She often asks.", note=True)
    return ticket_id


@pytest.mark.usefixtures("help_desk")
@pytest.mark.parametrize("whose", [{}, {"userId": PRIYA}])
def test_who_opens_it_gets_what_a_supporter_gets(whose: dict[str, str]) -> None:
    ticket = {"subject": "My badge", "body": "It is lost.", "channel": "web"} | whose
    answers = [as_user(user, "POST /tickets", ticket, key="1") for user in (PRIYA, PRIYA)]
    answers.append(as_user(TOM, "POST /tickets", ticket | {"userId": PRIYA}, key="1"))
    assert [status for status, _ in answers] == [201] * 3
    first, again, of_another = (answer for _, answer in answers)
    assert first == again
    assert (first["customer"], first["suggestions"]) == (None, None)
    assert of_another["customer"]["userId"] == PRIYA


def test_notes_and_who_works_on_it_are_not_shown(own: str) -> None:
    assert [each["note"] for each in read(TOM, own)["replies"]] == [True]
    assert (read(PRIYA, own)["replies"], read(PRIYA, own)["assignee"]) == ([], None)
    pages = {user: as_user(user, "GET /tickets/{ticketId}/replies", ticketId=own)[1]["items"] for user in (PRIYA, TOM)}
    assert [len(items) for items in pages.values()] == [0, 1]
    listed = {user: as_user(user, "GET /tickets")[1]["items"][0]["assignee"] for user in (PRIYA, TOM)}
    assert listed == {PRIYA: None, TOM: TOM}


def test_files_of_notes_are_not_shown(help_desk: HelpDesk, own: str) -> None:
    file = uploaded(help_desk, TOM)
    replied(TOM, own, "Look", note=True, attachments=[file])
    route = "GET /tickets/{ticketId}/attachments/{attachmentId}"
    assert [as_user(user, route, ticketId=own, attachmentId=file)[0] for user in (PRIYA, TOM)] == [404, 200]


def test_what_they_write_is_a_supporters(own: str) -> None:
    reply = replied(PRIYA, own, "Anything new?")
    assert (reply["by"], reply["status"]) == ("supporter", "open")
    assert read(TOM, own)["firstRepliedAt"] is None
    note = {"text": "x", "note": True}
    assert as_user(PRIYA, "POST /tickets/{ticketId}/replies", note, ticketId=own)[0] == 403


@pytest.mark.parametrize(
    ("route", "body"),
    [
        ("PATCH /tickets/{ticketId}", {"version": 2, "priority": "urgent"}),
        ("POST /tickets/{ticketId}/merges", {"into": "t1"}),
        ("DELETE /tickets/{ticketId}/merges", None),
        ("PUT /tickets/{ticketId}/viewers/me", None),
    ],
)
def test_they_do_not_handle_it(own: str, route: str, body: object) -> None:
    status, problem = as_user(PRIYA, route, body, ticketId=own)
    assert (status, "your own ticket" in problem["detail"]) == (403, True)
    assert read(TOM, own)["priority"] == "normal"


def test_nobody_is_assigned_their_own_ticket(own: str) -> None:
    status, problem = amended(TOM, own, assignee=PRIYA)
    assert (status, problem["errors"][0]["field"]) == (422, "assignee")
    assert amended(TOM, opened(ADA), assignee=PRIYA)[0] == 200


def test_they_say_how_content_they_are(own: str) -> None:
    amended(TOM, own, status="solved")
    route = "PUT /tickets/{ticketId}/satisfaction"
    assert [as_user(user, route, {"score": 4}, ticketId=own)[0] for user in (PRIYA, TOM)] == [200, 404]
