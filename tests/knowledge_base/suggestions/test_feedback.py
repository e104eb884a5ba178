from datetime import UTC, datetime

import pytest

from knowledge_base.suggestions import wiring
from knowledge_base.suggestions.handlers.feedback import handler
from tests.knowledge_base.calls import ADA, call
from tests.knowledge_base.suggestions.fakes import Shelf, a_passage
from tests.shared.first_answers import RecordsInTransactions

pytestmark = pytest.mark.usefixtures("edge")

ROUTE = "POST /tickets/{ticketId}/feedback"


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Shelf:
    shelf = Shelf(a_passage("Goods can be returned within 30 days."))
    records = RecordsInTransactions()
    monkeypatch.setattr(wiring, "bedrock_service", lambda: shelf.service)
    monkeypatch.setattr(wiring, "first_answers", lambda: records)
    return shelf


def suggested(shelf: Shelf) -> str:
    [suggestion] = shelf.service.suggest("t1", lambda: "How long?", datetime.now(UTC))
    return suggestion.suggestion_id


def test_staff_say_whether_a_suggestion_helped(shelf: Shelf) -> None:
    suggestion = suggested(shelf)
    assert call(handler, ROUTE, {"suggestionId": suggestion, "helpful": True}, ticketId="t1") == (204, None)
    assert shelf.votes.cast_votes == {suggestion: {"t1": True}}
    assert call(handler, ROUTE, {"suggestionId": suggestion, "helpful": False}, ticketId="t1")[0] == 204
    assert shelf.votes.cast_votes == {suggestion: {"t1": False}}


def test_repeated_feedback_does_not_come_back(shelf: Shelf) -> None:
    suggestion = suggested(shelf)
    helpful, key = {"suggestionId": suggestion, "helpful": True}, {"idempotency-key": "1"}
    assert call(handler, ROUTE, helpful, headers=key, ticketId="t1") == (204, None)
    call(handler, ROUTE, {**helpful, "helpful": False}, ticketId="t1")

    assert call(handler, ROUTE, helpful, headers=key, ticketId="t1") == (204, None)
    assert shelf.votes.cast_votes == {suggestion: {"t1": False}}
    assert call(handler, ROUTE, {**helpful, "helpful": False}, headers=key, ticketId="t1")[0] == 422


def test_what_was_not_suggested_for_the_ticket_is_not_there(shelf: Shelf) -> None:
    suggestion = suggested(shelf)
    assert call(handler, ROUTE, {"suggestionId": "made-up", "helpful": True}, ticketId="t1")[0] == 404
    assert call(handler, ROUTE, {"suggestionId": suggestion, "helpful": True}, ticketId="t2")[0] == 404


@pytest.mark.parametrize("body", [{}, {"suggestionId": "s"}, {"suggestionId": "s", "helpful": "yes"}])
@pytest.mark.usefixtures("shelf")
def test_feedback_that_cannot_be_read_is_refused(body: object) -> None:
    assert call(handler, ROUTE, body, ticketId="t1")[0] == 422


@pytest.mark.usefixtures("shelf")
def test_feedback_is_for_staff() -> None:
    assert call(handler, ROUTE, {"suggestionId": "s", "helpful": True}, claims=ADA, ticketId="t1")[0] == 403
