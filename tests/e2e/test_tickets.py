"""Tickets on the running platform: opened, answered, merged, and what others see of it: nothing."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from tests.e2e.clients import Api, Platform, User, eventually, is_problem

pytestmark = pytest.mark.platform

type Calls = Callable[..., Api]
type Json = dict[str, Any]

TICKET = {"subject": "Where is my receipt?", "body": "I gave on Friday.", "channel": "web"}


@pytest.fixture
def ada(platform: Platform, communications: Calls) -> User:
    """Registered."""
    user = platform.sign_up("Ada Lovelace")
    eventually(lambda: communications(user).get("/users/me").ok)
    return user


def key() -> dict[str, str]:
    return {"Idempotency-Key": uuid.uuid4().hex}


def opened(api: Api, **changes: object) -> Json:
    answer = api("POST", "/tickets", json=TICKET | changes, headers=key())
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def ticket(api: Api, ticket_id: str) -> Json:
    answer = api.get(f"/tickets/{ticket_id}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def replied(api: Api, ticket_id: str, text: str, **more: object) -> Json:
    answer = api("POST", f"/tickets/{ticket_id}/replies", json={"text": text, **more})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def amended(api: Api, ticket_id: str, **changes: object) -> requests.Response:
    return api("PATCH", f"/tickets/{ticket_id}", json={"version": ticket(api, ticket_id)["version"], **changes})


def ids(api: Api, query: str) -> list[str]:
    return [item["ticketId"] for item in api.get(f"/tickets?{query}").json()["items"]]


def notified(api: Api) -> list[str]:
    """The types of the user's notifications."""
    return [each["type"] for each in api.get("/notifications").json()["items"]]


def test_ticket_is_answered_and_the_supporter_hears_of_it(
    help_desk: Calls, communications: Calls, supporter: User, ada: User, staff: User
) -> None:
    of_ada, of_staff, of_another = help_desk(ada), help_desk(staff), help_desk(supporter)
    repeated = key()
    first, second = (of_ada("POST", "/tickets", json=TICKET, headers=repeated).json() for _ in range(2))
    assert first == second
    ticket_id, number = first["ticketId"], first["number"]

    eventually(lambda: ticket_id in ids(of_staff, "status=open&assignee=none"))
    assert ids(of_staff, f"q=%23{number}") == [ticket_id]
    assert ticket_id in ids(of_staff, "q=receipt")
    for path in (f"/tickets/{ticket_id}", f"/tickets/{ticket_id}/attachments/none"):
        is_problem(of_another.get(path), 404)
    is_problem(of_another("POST", f"/tickets/{ticket_id}/replies", json={"text": "x"}), 404)
    is_problem(of_ada("PATCH", f"/tickets/{ticket_id}", json={"version": 1}), 403)

    assert of_staff("PUT", f"/tickets/{ticket_id}/viewers/me", json=None).json() == {"items": []}
    replied(of_staff, ticket_id, "A regular giver", note=True)
    assert amended(of_staff, ticket_id, assignee=staff.user_id, priority="high").json()["assignee"] == staff.user_id
    is_problem(of_staff("PATCH", f"/tickets/{ticket_id}", json={"version": 1, "priority": "low"}), 409)
    answer = replied(of_staff, ticket_id, "Here it is.")

    seen = ticket(of_ada, ticket_id)
    assert (seen["status"], seen["body"]) == ("pending", TICKET["body"])
    assert [reply["text"] for reply in seen["replies"]] == ["Here it is."]
    assert [reply["text"] for reply in ticket(of_staff, ticket_id)["replies"]] == ["A regular giver", "Here it is."]

    def answered() -> list[Json]:
        items = communications(ada).get("/notifications").json()["items"]
        return [each for each in items if each["type"] == "ticket-answered"]

    eventually(answered)
    assert str(number) in answered()[0]["title"]
    assert answer["at"] == seen["firstRepliedAt"]


def test_status_moves_along_the_graph(help_desk: Calls, communications: Calls, ada: User, staff: User) -> None:
    of_ada, of_staff = help_desk(ada), help_desk(staff)
    ticket_id = opened(of_ada)["ticketId"]

    is_problem(of_ada("PUT", f"/tickets/{ticket_id}/satisfaction", json={"score": 5}), 409)
    assert amended(of_staff, ticket_id, status="solved").json()["status"] == "solved"
    is_problem(amended(of_staff, ticket_id, status="pending"), 409)
    assert replied(of_ada, ticket_id, "Not quite")["status"] == "open"
    assert amended(of_staff, ticket_id, status="closed").json()["status"] == "closed"
    is_problem(amended(of_staff, ticket_id, status="open"), 409)
    eventually(lambda: "ticket-closed" in notified(communications(ada)))
    is_problem(of_ada("POST", f"/tickets/{ticket_id}/replies", json={"text": "x"}), 409)
    rated = of_ada("PUT", f"/tickets/{ticket_id}/satisfaction", json={"score": 4, "comment": "Quick"}).json()
    assert rated["satisfaction"]["score"] == 4


def test_merge_is_undone(help_desk: Calls, ada: User, supporter: User, staff: User) -> None:
    of_ada, of_staff = help_desk(ada), help_desk(staff)
    one, two = (opened(of_ada, subject=subject, body=subject)["ticketId"] for subject in ("One", "Two"))
    other = opened(help_desk(supporter))["ticketId"]

    is_problem(of_staff("POST", f"/tickets/{one}/merges", json={"into": other}), 409)
    assert of_staff("POST", f"/tickets/{one}/merges", json={"into": two}).json()["mergedInto"] == two
    replied(of_ada, two, "Three")
    assert [reply["text"] for reply in ticket(of_ada, two)["replies"]] == ["One", "Three"]
    assert ticket(of_ada, one)["status"] == "closed"
    assert of_staff("DELETE", f"/tickets/{one}/merges", json=None).json()["status"] == "open"
    assert [reply["text"] for reply in ticket(of_ada, two)["replies"]] == ["Three"]


def test_long_ticket_is_read_page_by_page(help_desk: Calls, ada: User, supporter: User, staff: User) -> None:
    of_ada, of_staff = help_desk(ada), help_desk(staff)
    one, two = (opened(of_ada, subject=subject, body=subject)["ticketId"] for subject in ("One", "Two"))
    for number in range(36):
        replied(of_ada, (one, two)[number % 2], f"{number}")
        replied(of_staff, one, "A note", note=True)
    assert of_staff("POST", f"/tickets/{two}/merges", json={"into": one}).status_code == 200

    def texts(api: Api, limit: int) -> list[list[str]]:
        """By page, the newest first."""
        pages, cursor = list[list[str]](), ""
        while not pages or cursor:
            query = f"limit={limit}" + (f"&cursor={cursor}" if cursor else "")
            page = api.get(f"/tickets/{one}/replies?{query}").json()
            pages.append([each["text"] for each in page["items"]])
            cursor = page["nextCursor"]
            if len(pages) == 1:
                replied(of_ada, one, "Meanwhile")
        return pages

    written = ["Two", *(f"{number}" for number in range(36))]
    assert [text for page in reversed(texts(of_ada, 10)) for text in page] == written
    for_staff = [text for page in reversed(texts(of_staff, 30)) for text in page if text != "A note"]
    assert for_staff == [*written, "Meanwhile"]
    shown = ticket(of_staff, one)
    assert (shown["body"], len(shown["replies"]), shown["replies"][-1]["text"]) == ("One", 50, "Meanwhile")
    older = of_staff.get(f"/tickets/{one}/replies?cursor={shown['repliesCursor']}").json()
    assert (older["items"][0]["text"], older["nextCursor"]) == ("Two", None)
    is_problem(of_ada.get(f"/tickets/{one}/replies?cursor={shown['repliesCursor']}"), 400)
    is_problem(help_desk(supporter).get(f"/tickets/{one}/replies"), 404)


def test_staff_are_supporters_on_their_own_tickets(help_desk: Calls, staff: User, admin: User) -> None:
    of_staff, of_admin = help_desk(staff), help_desk(admin)
    new = opened(of_staff)
    ticket_id = new["ticketId"]
    assert (new["customer"], new["suggestions"]) == (None, None)
    replied(of_admin, ticket_id, "Look at this", note=True)

    assert ticket(of_staff, ticket_id)["replies"] == []
    assert [each["note"] for each in ticket(of_admin, ticket_id)["replies"]] == [True]
    for call in (
        amended(of_staff, ticket_id, priority="urgent"),
        of_staff.get(f"/tickets/{ticket_id}/context"),
        of_staff("POST", f"/tickets/{ticket_id}/replies", json={"text": "x", "note": True}),
        of_staff("POST", f"/tickets/{ticket_id}/runs", json=None),
        of_staff("POST", f"/tickets/{ticket_id}/merges", json={"into": "x"}),
    ):
        is_problem(call, 403)
    assert replied(of_staff, ticket_id, "Anything new?")["by"] == "supporter"
    assert of_admin.get(f"/tickets/{ticket_id}/context").status_code == 200


def test_attachment_is_inspected_and_downloaded(help_desk: Calls, ada: User, supporter: User, staff: User) -> None:
    of_ada, content = help_desk(ada), b"%PDF-1.7 receipt"
    wanted = {"name": "Quittung für 2026.pdf", "contentType": "application/pdf", "size": 1000}
    offer = of_ada("POST", "/attachments", json=wanted).json()
    form, origin = offer["upload"], {"Origin": "http://localhost:5173"}
    sent = requests.post(form["url"], form["fields"], files={"file": content}, headers=origin, timeout=10)
    assert sent.status_code == 204
    ticket_id = opened(of_ada, attachments=[offer["attachmentId"]])["ticketId"]

    eventually(lambda: ticket(of_ada, ticket_id)["attachments"][0]["state"] == "accepted")
    path = f"/tickets/{ticket_id}/attachments/{offer['attachmentId']}"
    is_problem(help_desk(supporter).get(path), 404)
    url = help_desk(staff).get(path).json()["url"]
    assert "response-content-disposition=attachment" in url  # which the local S3 does not do
    download = requests.get(url, timeout=10)
    assert (download.content, download.status_code) == (content, 200)


def test_tickets_are_counted(help_desk: Calls, ada: User, staff: User) -> None:
    of_staff = help_desk(staff)
    before = of_staff.get("/admin/figures").json()["totals"]
    ticket_id = opened(help_desk(ada))["ticketId"]
    replied(of_staff, ticket_id, "Here it is.")
    amended(of_staff, ticket_id, status="solved")

    def counted() -> bool:
        now = of_staff.get("/admin/figures").json()["totals"]
        return all(now[name] > before[name] for name in ("tickets", "firstReplies", "solved"))

    eventually(counted)


def test_many_at_once_get_a_number_each(help_desk: Calls, ada: User) -> None:
    api = help_desk(ada)
    with ThreadPoolExecutor(20) as threads:
        found = list(threads.map(lambda number: opened(api, subject=f"Question {number}")["number"], range(60)))
    assert len(set(found)) == 60
