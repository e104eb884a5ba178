from itertools import pairwise

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


def test_repeated_merge_does_not_come_back_after_it_was_undone() -> None:
    one, two = opened(subject="One"), opened(subject="Two")
    first = as_user(PRIYA, POST, {"into": two}, key="1", ticketId=one)
    assert as_user(PRIYA, DELETE, ticketId=one)[0] == 200

    assert as_user(PRIYA, POST, {"into": two}, key="1", ticketId=one) == first
    assert read(PRIYA, one)["mergedInto"] is None
    assert as_user(PRIYA, POST, {"into": one}, key="1", ticketId=one)[0] == 422
    assert as_user(PRIYA, POST, {"into": two}, key="2", ticketId=one)[1]["mergedInto"] == two


def test_key_of_a_merge_that_was_made_already_counts_too() -> None:
    one, two = opened(subject="One"), opened(subject="Two")
    assert merge(one, two) == 200
    for _ in range(2):
        assert as_user(PRIYA, POST, {"into": two}, key="1", ticketId=one)[0] == 200
        as_user(PRIYA, DELETE, ticketId=one)
    assert read(PRIYA, one)["mergedInto"] is None


def test_merges_of_merges_end() -> None:
    tickets = [opened(subject=str(number)) for number in range(7)]
    assert [merge(one, other) for one, other in pairwise(tickets)] == [200] * 5 + [409]
    assert texts(ADA, tickets[5])[0] == "I gave on Friday."
    assert len(read(ADA, tickets[5])["replies"]) == 5


def test_what_does_not_fit_is_refused() -> None:
    one, two, of_bob = opened(subject="One"), opened(subject="Two"), opened(BOB)

    assert merge(one, one) == merge(one, "none") == 422
    assert merge("none", one) == 404
    assert merge(one, of_bob) == 409
    assert as_user(PRIYA, DELETE, ticketId=one)[0] == 409
    assert as_user(PRIYA, DELETE, ticketId="none")[0] == 404
    merge(one, two)
    assert merge(two, one) == 409
