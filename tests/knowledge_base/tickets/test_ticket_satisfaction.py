import pytest

from tests.knowledge_base.tickets.help_desk import ADA, BOB, PRIYA, amended, as_user, opened, read

pytestmark = pytest.mark.usefixtures("edge", "help_desk")

ROUTE = "PUT /tickets/{ticketId}/satisfaction"


def test_supporter_says_how_content_they_are_once_it_is_solved() -> None:
    ticket_id = opened()
    assert as_user(ADA, ROUTE, {"score": 5}, ticketId=ticket_id)[0] == 409
    amended(PRIYA, ticket_id, status="solved")

    assert as_user(ADA, ROUTE, {"score": 2, "comment": "Slow"}, ticketId=ticket_id)[0] == 200
    amended(PRIYA, ticket_id, status="closed")
    assert as_user(ADA, ROUTE, {"score": 4}, ticketId=ticket_id)[0] == 200
    satisfaction = read(PRIYA, ticket_id)["satisfaction"]
    assert (satisfaction["score"], satisfaction["comment"]) == (4, "")


def test_nobody_else_does() -> None:
    ticket_id = opened()
    amended(PRIYA, ticket_id, status="solved")
    for user_id in (BOB, PRIYA):
        assert as_user(user_id, ROUTE, {"score": 5}, ticketId=ticket_id)[0] == 404
    for wrong in ({"score": 0}, {"score": 6}, {"score": 3, "comment": "x" * 2001}, {}):
        assert as_user(ADA, ROUTE, wrong, ticketId=ticket_id)[0] == 422
