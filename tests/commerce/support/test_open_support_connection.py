import pytest

from commerce.support.handlers.open_support_connection import handler
from shared.auth.callers import Caller
from shared.sockets.connections import redeem
from tests.commerce.calls import call
from tests.commerce.support.fakes import Live
from tests.shared.gateway_events import access_claims
from tests.shared.runs.fake_runs import NOW

pytestmark = pytest.mark.usefixtures("edge")


def test_whoever_is_signed_in_gets_a_ticket_of_their_own(stage: Live) -> None:
    status, answer = call(handler, "POST /connections", claims=access_claims("ada"))
    assert (status, answer["url"]) == (201, "wss://example/v1")
    assert redeem(answer["ticket"], stage.tickets, NOW).caller == Caller("ada")


def test_without_a_token_there_is_no_ticket(stage: Live) -> None:
    assert call(handler, "POST /connections")[0] == 401
    assert stage.tickets.by_digest == {}
