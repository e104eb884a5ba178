from typing import Any

import pytest

from knowledge_base.tickets.domain.threads import Kind
from tests.knowledge_base.tickets.help_desk import ADA, BOB, PRIYA, HelpDesk, as_user, opened, read

pytestmark = pytest.mark.usefixtures("edge")

ROUTE = "POST /tickets"
SENT = {"subject": "Where is my receipt?", "body": "I gave on Friday.\n<b>👋</b>", "channel": "web"}


def test_supporter_opens_a_ticket(help_desk: HelpDesk) -> None:
    status, answer = as_user(ADA, ROUTE, SENT, key="1")

    assert status == 201
    assert (answer.pop("customer"), answer.pop("suggestions")) == (None, None)
    assert set(answer) == {"ticketId", "number", "status", "createdAt"}
    assert (answer["number"], answer["status"]) == (1, "open")
    [entry] = help_desk.threads.entries
    assert (entry.kind, entry.author, entry.user_id, entry.text) == (Kind.OPENING, ADA, ADA, SENT["body"])
    ticket = read(ADA, answer["ticketId"])
    assert (ticket["subject"], ticket["body"], ticket["replies"]) == (SENT["subject"], SENT["body"], [])
    assert (ticket["priority"], ticket["channel"], ticket["version"], ticket["stale"]) == ("normal", "web", 1, False)
    assert ticket["createdAt"] < ticket["due"]["firstReply"] < ticket["due"]["resolution"]


def test_repeated_request_opens_one_ticket(help_desk: HelpDesk) -> None:
    first, second = (as_user(ADA, ROUTE, SENT, key="1") for _ in range(2))

    assert first == second
    assert len(help_desk.tickets.by_id) == 1
    assert as_user(ADA, ROUTE, {**SENT, "subject": "Other"}, key="1")[0] == 422
    assert as_user(BOB, ROUTE, SENT, key="1")[1]["ticketId"] != first[1]["ticketId"]


def test_key_is_required(help_desk: HelpDesk) -> None:
    assert as_user(ADA, ROUTE, SENT)[0] == 400
    assert help_desk.tickets.by_id == {}


def test_staff_open_tickets_for_others(help_desk: HelpDesk) -> None:
    ticket_id = opened(PRIYA, userId=ADA, channel="phone")

    [entry] = help_desk.threads.entries
    assert (entry.author, entry.user_id, help_desk.tickets.by_id[ticket_id].user_id) == (PRIYA, ADA, ADA)
    assert read(ADA, ticket_id)["channel"] == "phone"


def test_staff_see_whose_it_is_and_what_may_help(help_desk: HelpDesk) -> None:
    first, again = (as_user(PRIYA, ROUTE, {**SENT, "userId": ADA}, key="1") for _ in range(2))
    assert first == again
    status, answer = first
    assert (status, answer["customer"]["userId"], answer["customer"]["name"]) == (201, ADA, "Ada Lovelace")
    [suggestion] = answer["suggestions"]
    assert (suggestion["title"], suggestion["passage"]) == (answer["ticketId"], f"{SENT['subject']}\n\n{SENT['body']}")

    help_desk.is_silent = True
    status, answer = as_user(PRIYA, ROUTE, {**SENT, "userId": ADA}, key="2")
    assert (status, answer["suggestions"]) == (201, [])


@pytest.mark.usefixtures("help_desk")
def test_supporters_open_tickets_for_themselves_only() -> None:
    assert as_user(ADA, ROUTE, {**SENT, "userId": ADA}, key="1")[0] == 201
    assert as_user(ADA, ROUTE, {**SENT, "userId": BOB}, key="2")[0] == 404


def test_nobody_opens_tickets_for_whoever_was_erased(help_desk: HelpDesk) -> None:
    help_desk.tickets.erased.add(BOB)
    assert as_user(PRIYA, ROUTE, {**SENT, "userId": BOB}, key="1")[0] == 404
    assert help_desk.threads.entries == []


@pytest.mark.usefixtures("help_desk")
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"subject": ""}, "subject"),
        ({"subject": "a\nb"}, "subject"),
        ({"subject": "x" * 201}, "subject"),
        ({"body": " \n"}, "body"),
        ({"body": "x" * 20_001}, "body"),
        ({"body": "a\0b"}, "body"),
        ({"channel": "fax"}, "channel"),
        ({"userId": None}, "userId"),
        ({"attachments": ["a", "a"]}, "attachments"),
        ({"attachments": ["none"]}, "attachments[0]"),
        ({"attachments": [str(number) for number in range(11)]}, "attachments"),
        ({"status": "closed"}, "status"),
    ],
)
def test_what_is_wrong_is_named(changes: dict[str, Any], field: str) -> None:
    status, problem = as_user(ADA, ROUTE, {**SENT, **changes}, key="1")
    assert status == 422
    assert [error["field"] for error in problem["errors"]] == [field]
