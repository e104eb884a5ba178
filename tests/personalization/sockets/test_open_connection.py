import pytest

from personalization.sockets.handlers.open_connection import handler
from shared.auth.callers import Caller
from shared.sockets.connections import redeem
from tests.personalization.calls import called
from tests.personalization.runs.fakes import Live
from tests.shared.runs.fake_runs import NOW

pytestmark = pytest.mark.usefixtures("edge")


def test_whoever_is_signed_in_gets_a_ticket_of_their_own(stage: Live) -> None:
    answer = called(handler, "ada", groups="staff", resource="/connections", body={})
    assert answer.status == 201
    assert answer.json["url"] == "wss://example/v1"
    ticket = redeem(answer.json["ticket"], stage.tickets, NOW)
    assert ticket.caller == Caller("ada", frozenset({"staff"}))
    assert answer.json["ticket"] not in str(stage.tickets.by_digest)


def test_without_a_token_there_is_no_ticket(stage: Live) -> None:
    assert called(handler, None, resource="/connections", body={}).status == 401
    assert stage.tickets.by_digest == {}


def test_whoever_was_signed_out_gets_no_ticket(stage: Live) -> None:
    stage.ends.end("ada", NOW)
    assert called(handler, "ada", resource="/connections", body={}).status == 401
