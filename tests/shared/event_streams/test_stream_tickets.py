from datetime import timedelta

import pytest

from shared.auth.callers import Caller
from shared.errors import Unauthenticated
from shared.event_streams.tickets import TICKET_LIFE, StreamTicket, StreamTickets
from shared.http.cursors import Cursors
from tests.shared.runs.fake_runs import NOW

TICKETS = StreamTickets("a secret key")
TICKET = StreamTicket(Caller("ada", signed_in_at=NOW), "run-1")


def test_a_ticket_can_be_used_again_until_it_expires() -> None:
    text, expires_at = TICKETS.issue(TICKET, NOW)
    assert expires_at == NOW + TICKET_LIFE
    for later in (0, 1, 2):
        assert TICKETS.read(text, "run-1", NOW + timedelta(minutes=later)) == TICKET
    with pytest.raises(Unauthenticated):
        TICKETS.read(text, "run-1", expires_at)


def test_a_ticket_of_something_else_or_another_hand_is_refused() -> None:
    text, _ = TICKETS.issue(TICKET, NOW)
    forged, _ = StreamTickets("another key").issue(TICKET, NOW)
    cursor = Cursors("a secret key").make("stream tickets", '["ada", "run-1", 0, 99999999999]')
    for bad, run_id in ((text, "run-2"), (forged, "run-1"), (text[:-2], "run-1"), ("", "run-1"), (cursor, "run-1")):
        with pytest.raises(Unauthenticated):
            TICKETS.read(str(bad), run_id, NOW)
