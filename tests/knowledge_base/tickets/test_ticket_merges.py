import pytest

from tests.knowledge_base.tickets.help_desk import ADA, BOB, PRIYA, as_user, opened, read, replied

pytestmark = pytest.mark.usefixtures("edge", "help_desk")

POST, DELETE = "POST /tickets/{ticketId}/merges", "DELETE /tickets/{ticketId}/merges"


def merge(ticket_id: str, into: str, user_id: str = PRIYA) -> int:
    return as_user(user_id, POST, {"into": into}, ticketId=ticket_id)[0]


def texts(user_id: str, ticket_id: str) -> list[str]:
    ticket = read(user_id, ticket_id)
    return [ticket["body"], *(each["text"] for each in ticket["replies"])]


def test_merged_tickets_are_read_as_one_and_separate_again() -> None:
    one, two, three = (opened(subject=subject, body=subject) for subject in ("One", "Two", "Three"))
    replied(PRIYA, one, "Answer to one")
    replied(PRIYA, two, "Note on two", note=True)
    before = {each: read(PRIYA, each) for each in (one, two, three)}

    assert merge(two, one) == merge(one, three) == 200
    assert texts(PRIYA, three) == ["Three", "One", "Two", "Answer to one", "Note on two"]
    assert texts(ADA, three) == ["Three", "One", "Two", "Answer to one"]
    gone = read(ADA, one)
    assert (gone["status"], gone["mergedInto"]) == ("closed", three)

    replied(ADA, three, "Later")
    for each in (two, one):
        assert as_user(PRIYA, DELETE, ticketId=each)[0] == 200
    for each in (one, two):
        after = read(PRIYA, each)
        assert {**after, "version": 0, "updatedAt": ""} == {**before[each], "version": 0, "updatedAt": ""}
    assert texts(ADA, three) == ["Three", "Later"]


def test_merge_and_its_undoing_are_for_staff() -> None:
    one, two = opened(subject="One"), opened(subject="Two")
    assert merge(one, two, ADA) == 403
    assert as_user(ADA, DELETE, ticketId=one)[0] == 403
    assert merge(one, two) == merge(one, two) == 200  # idempotent
    assert read(PRIYA, two)["merged"] == [one]


def test_what_does_not_fit_is_refused() -> None:
    one, two, of_bob = opened(subject="One"), opened(subject="Two"), opened(BOB)

    assert merge(one, one) == merge(one, "none") == 422
    assert merge("none", one) == 404
    assert merge(one, of_bob) == 409
    assert as_user(PRIYA, DELETE, ticketId=one)[0] == 409
    assert as_user(PRIYA, DELETE, ticketId="none")[0] == 404
    merge(one, two)
    assert merge(two, one) == 409
