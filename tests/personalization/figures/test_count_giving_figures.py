"""The streams of gifts, conversations, articles and evaluations → figures."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personalization.agent.adapters.records import InteractionRecord, SessionRecord
from personalization.agent.domain.conversation import Interaction
from personalization.articles.adapters.records import ExchangeRecord
from personalization.articles.domain.pricing import Prices
from personalization.donations.adapters.records import RowRecord, TotalRecord
from personalization.evaluations.adapters.records import ResultRecord
from personalization.evaluations.domain.evaluation import CaseResult, Evaluation
from personalization.figures import wiring
from personalization.figures.adapters.rows import Rows
from personalization.figures.handlers.count_giving_figures import handler
from shared.dynamodb.records import Image
from shared.models.model import Usage
from shared.money import Money
from tests.personalization.articles.examples import a_reply, an_exchange
from tests.personalization.examples import NOW, an_interaction, donation, refund_of, session_after
from tests.shared.events.streamed import failures, stream
from tests.shared.figures.fake_figures import FakeFigures
from tests.shared.lambda_context import CONTEXT

TODAY = NOW.date()
ROWS = Rows(Prices(Decimal("3.00"), Decimal("15.00"), "USD"), UTC)


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> FakeFigures:
    return patched(monkeypatch)


def patched(monkeypatch: pytest.MonkeyPatch) -> FakeFigures:
    figures = FakeFigures(UTC)
    monkeypatch.setattr(wiring, "figures", lambda: figures)
    monkeypatch.setattr(wiring, "rows", lambda: ROWS)
    return figures


def row(found: Any, origin: Literal["request", "import"] = "request") -> Image:
    return RowRecord.of(found, origin).to_dynamodb_dict()


def turn(interaction: Interaction) -> Image:
    return InteractionRecord.of(interaction).to_dynamodb_dict()


def counted(images: Iterable[Image], name: str = "INSERT") -> Any:
    return handler(stream(images, name), CONTEXT)


def test_gifts_count_whoever_has_recorded_them(figures: FakeFigures) -> None:
    assert counted([row(donation(1)), row(donation(2), "import")]) == failures()
    assert figures.days == {TODAY: {"gifts": 2, "amount#GBP": 1001 + 1002}}


def test_refund_is_taken_off_its_own_day(figures: FakeFigures) -> None:
    gift = donation(1)
    counted([row(gift), row(refund_of(gift, 400, number=5_000))])

    later = (NOW + timedelta(minutes=5_000)).date()
    assert figures.days == {TODAY: {"gifts": 1, "amount#GBP": 1001}, later: {"gifts": 0, "amount#GBP": -400}}


def test_gift_whose_counter_of_refunds_changes_is_no_new_one(figures: FakeFigures) -> None:
    """However much later: markers are not kept for ever."""
    gift = replace(donation(1), refunded=Money(400, "GBP"))
    assert counted([row(gift)], "MODIFY") == failures()
    assert figures.days == {}


def test_totals_and_sessions_are_nothing_that_happened(figures: FakeFigures) -> None:
    total = TotalRecord.of(donation(1))
    total.amount = 1000
    session = SessionRecord.of(session_after(an_interaction(1)))

    assert counted([total.to_dynamodb_dict(), session.to_dynamodb_dict()]) == failures()
    assert figures.days == {}


def test_conversation_counts_once_a_day_and_each_of_its_turns_has_tokens_and_a_cost(figures: FakeFigures) -> None:
    turns = [an_interaction(1), an_interaction(2), an_interaction(3, session_id="other")]
    tomorrow = replace(an_interaction(4), occurred_at=NOW + timedelta(days=1))

    counted(turn(each) for each in [*turns, tomorrow])

    tokens = [240 + 2 * number for number in range(1, 5)]
    micros = [3 * (200 + number) + 15 * (40 + number) for number in range(1, 5)]
    assert figures.days == {
        TODAY: {"conversations": 2, "tokens": sum(tokens[:3]), "modelCost#USD": sum(micros[:3])},
        TODAY + timedelta(days=1): {"conversations": 1, "tokens": tokens[3], "modelCost#USD": micros[3]},
    }


def test_turn_that_was_cut_short_is_part_of_a_conversation(figures: FakeFigures) -> None:
    counted([turn(replace(an_interaction(1), usage=None, status="stopped"))])
    assert figures.days == {TODAY: {"conversations": 1}}


def test_article_counts_when_it_is_answered(figures: FakeFigures) -> None:
    exchange = an_exchange()
    waiting = replace(exchange, reply=None)
    sent = exchange.sent_at.date()

    counted([ExchangeRecord.of(waiting).to_dynamodb_dict()])
    assert figures.days == {}
    counted([ExchangeRecord.of(replace(exchange, reply=a_reply())).to_dynamodb_dict()], "MODIFY")
    assert figures.days == {sent: {"tokens": 120, "modelCost#USD": 600}}


def test_case_of_an_evaluation_counts_when_it_has_a_result(figures: FakeFigures) -> None:
    evaluation = Evaluation(
        project_id="p", evaluation_id="e", user_id="ada", subject=(), cards=(), case_ids=("c",), started_at=NOW
    )
    result = CaseResult(case_id="c", case_version=1, name="A case", status="running", reservation=None)
    finished = replace(result, status="passed", usage=Usage(10, 2), cost_micros=60, finished_at=NOW)

    for each in (result, finished, finished):
        counted([ResultRecord.of(evaluation, each).to_dynamodb_dict()], "MODIFY")

    assert figures.days == {TODAY: {"tokens": 12, "modelCost#USD": 60}}


def test_row_that_cannot_be_read_fails_alone(figures: FakeFigures) -> None:
    event = stream([row(donation(1)), row(donation(2))])
    event["Records"][0]["dynamodb"]["NewImage"]["createdAt"] = {"S": "yesterday"}

    assert handler(event, CONTEXT) == failures("s0")
    assert figures.days == {TODAY: {"gifts": 1, "amount#GBP": 1002}}


def test_gift_counts_on_the_charitys_day(monkeypatch: pytest.MonkeyPatch) -> None:
    figures = patched(monkeypatch)
    figures.zone = ZoneInfo("Europe/London")
    counted([row(replace(donation(1), created_at=datetime(2026, 7, 1, 23, 30, tzinfo=UTC)))])
    assert list(figures.days) == [date(2026, 7, 2)]


@given(data=st.data())
def test_any_order_and_repetition_of_records_gives_the_same_days(data: st.DataObject) -> None:
    gifts = [donation(number) for number in range(1, 4)]
    images = [
        *(row(gift) for gift in gifts),
        row(refund_of(gifts[0], 500)),
        *(turn(an_interaction(number)) for number in range(1, 4)),
    ]
    delivered = data.draw(st.permutations([*images, *data.draw(st.lists(st.sampled_from(images), max_size=10))]))
    with pytest.MonkeyPatch.context() as monkeypatch:
        figures = patched(monkeypatch)
        for image in delivered:
            counted([image])
        again = patched(monkeypatch)
        counted(images)

    assert figures.days == again.days
    assert figures.days[TODAY]["amount#GBP"] == 1001 + 1002 + 1003 - 500
