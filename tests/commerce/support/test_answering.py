from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from commerce.search.domain.searching import Search
from commerce.support.adapters.assistant import ModelAssistant
from commerce.support.domain.answering import Equipment, SupportAnswerer
from commerce.support.domain.history import Exchange, Reply
from commerce.support.domain.order_tools import OrderSources
from shared.dynamodb.transactions import Transaction
from shared.models.model import ModelAnswer, RetryingModel, ToolCall, Usage
from shared.resilience.circuit import CircuitBreaker
from shared.runs.run import Notice, Outcome
from tests.commerce.orders.examples import an_order
from tests.commerce.orders.fakes import FakeOrders
from tests.commerce.support.fakes import FakeHelpPages, FakeHistory, FakeProposals
from tests.shared.clocks import FakeClock
from tests.shared.models.fake_model import FakeModel
from tests.shared.runs.fake_runs import NOW, a_run

RUN = a_run(kind="support")
FOUND = ModelAnswer("", Usage(100, 5), (ToolCall("t1", "search_help", {"question": "delivery"}),))
WRITTEN = ModelAnswer("It costs 3.95 pounds.", Usage(200, 10))


class World:
    def __init__(self, *outcomes: ModelAnswer) -> None:
        self.history, self.proposals, self.clock = FakeHistory(), FakeProposals(), FakeClock()
        self.model = FakeModel(self.clock, *outcomes)
        begun = Exchange(session_id="s1", run_id="run-1", user_id="ada", sent_at=NOW, input="Hello")
        self.history.begin(begun)(Transaction())
        self.answerer = SupportAnswerer(self.history, self._equipment, lambda: NOW)

    def _equipment(self) -> Equipment:
        model = RetryingModel(self.model, CircuitBreaker(5, 10, self.clock), self.clock.sleep)
        breaker = CircuitBreaker(5, 10, self.clock)
        orders = OrderSources(
            FakeOrders(an_order()), self.proposals, ZoneInfo("Europe/London"), lambda _: "p1", lambda: NOW
        )
        search = Search(None, breaker)  # type: ignore[arg-type]  # not used
        return Equipment(ModelAssistant(model), FakeHelpPages(), search, orders)

    def end(self, text: str, outcome: Outcome) -> tuple[Any, Reply | None]:
        ending = self.answerer.ending(RUN, text, outcome)
        ending.write(Transaction())
        return ending.extra, self.history.kept["run-1"].reply


def test_an_answer_is_kept_with_its_outline_and_what_both_calls_used() -> None:
    world = World(FOUND, WRITTEN)
    text = "".join(map(str, world.answerer.pieces(RUN)))
    extra, reply = world.end(text, "done")
    assert text.strip() == "It costs 3.95 pounds."
    assert extra == {"usage": {"inputTokens": 300, "outputTokens": 15}}
    assert reply == Reply("done", text, "1 help pages were found.", Usage(300, 15))


@pytest.mark.parametrize("outcome", ["stopped", "failed"])
def test_what_was_shown_of_an_unfinished_answer_is_kept(outcome: Outcome) -> None:
    extra, reply = World(FOUND, WRITTEN).end("It costs", outcome)
    assert (extra, reply) == ({}, Reply(outcome, "It costs"))


def test_later_answers_build_on_the_customers_own_exchanges_of_the_session() -> None:
    world = World(WRITTEN)
    for user_id, session_id, text in (("ada", "s1", "mine"), ("ben", "s1", "bens"), ("ada", "s2", "elsewhere")):
        sent_at = NOW - timedelta(minutes=1)
        earlier = Exchange(
            session_id=session_id,
            run_id=text,
            user_id=user_id,
            sent_at=sent_at,
            input=text,
            reply=Reply("done", "Yes.", "outline"),
        )
        world.history.begin(earlier)(Transaction())
    list(world.answerer.pieces(RUN))
    assert [message.text for message in world.model.requests[0].messages] == ["mine", "outline", "Hello"]


def test_a_proposal_is_a_frame_and_is_kept_with_the_answer() -> None:
    call = ToolCall("t1", "propose_cancellation", {"orderId": an_order().order_id, "reason": "Too late"})
    world = World(ModelAnswer("", Usage(100, 5), (call,)), WRITTEN)
    pieces = list(world.answerer.pieces(RUN))
    [notice] = [piece for piece in pieces if isinstance(piece, Notice)]
    expected = {
        "proposalId": "p1",
        "act": "cancel",
        "orderId": an_order().order_id,
        "amount": {"amount": 4595, "currency": "GBP"},
    }
    assert notice == Notice("proposal", expected)
    assert world.proposals.by_id["p1"].user_id == "ada"
    _, reply = world.end("It costs 3.95 pounds.", "done")
    assert reply is not None
    assert reply.proposals == (expected,)
