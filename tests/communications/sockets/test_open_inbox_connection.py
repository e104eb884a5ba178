from datetime import UTC, datetime

import pytest

from communications.sockets.domain.following import SUBJECT
from communications.sockets.handlers.open_inbox_connection import handler
from shared.auth.callers import Caller
from shared.sockets.connections import redeem
from tests.communications.sockets.fakes import Stage
from tests.shared.http_api_calls import SUPPORTER, call

pytestmark = pytest.mark.usefixtures("edge")


def test_whoever_is_signed_in_gets_a_ticket_of_their_own(stage: Stage) -> None:
    status, answer = call(handler, "POST /connections", claims=SUPPORTER)

    assert (status, answer["url"]) == (201, "wss://example/v1")
    assert redeem(answer["ticket"], stage.tickets, datetime.now(UTC)).caller == Caller("ada")


def test_ticket_for_an_event_stream_is_for_the_callers_inbox(stage: Stage) -> None:
    status, answer = call(handler, "POST /inbox/tickets", claims=SUPPORTER)

    assert status == 201
    assert stage.stream_tickets.read(answer["ticket"], SUBJECT, datetime.now(UTC)).caller == Caller("ada")


def test_without_a_token_there_is_no_ticket(stage: Stage) -> None:
    assert call(handler, "POST /connections")[0] == 401
    assert call(handler, "POST /inbox/tickets")[0] == 401
    assert stage.tickets.by_digest == {}
