from datetime import UTC, datetime, timedelta

import pytest

from knowledge_base.tickets.domain.handling import Viewer
from tests.knowledge_base.tickets.help_desk import ADA, PRIYA, TOM, HelpDesk, as_user, moment, opened

pytestmark = pytest.mark.usefixtures("edge")

ROUTE = "PUT /tickets/{ticketId}/viewers/me"


def test_staff_see_who_else_is_viewing(help_desk: HelpDesk) -> None:
    ticket_id = opened()
    now = datetime.now(UTC)
    help_desk.viewers.note(ticket_id, Viewer("mia", now - timedelta(seconds=1)))

    assert as_user(PRIYA, ROUTE, ticketId=ticket_id) == (200, {"items": []})
    status, answer = as_user(TOM, ROUTE, ticketId=ticket_id)
    assert status == 200
    [other] = answer["items"]
    assert other["userId"] == PRIYA
    assert timedelta(seconds=29) <= moment(other["until"]) - now <= timedelta(seconds=31)


@pytest.mark.usefixtures("help_desk")
def test_only_staff_and_only_of_tickets_that_there_are() -> None:
    assert as_user(ADA, ROUTE, ticketId=opened())[0] == 403
    assert as_user(PRIYA, ROUTE, ticketId="none")[0] == 404
