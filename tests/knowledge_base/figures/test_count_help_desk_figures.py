"""The streams of Tickets, Votes and Gaps → figures."""

import json
from dataclasses import replace
from datetime import UTC, timedelta
from itertools import pairwise
from typing import Any

import pytest

from knowledge_base.answering.adapters.gaps import GapRecord
from knowledge_base.figures import wiring
from knowledge_base.figures.handlers.count_help_desk_figures import handler
from knowledge_base.suggestions.adapters.records import TALLY, VoteRecord
from knowledge_base.tickets.adapters.records import TicketRecord
from knowledge_base.tickets.domain.tickets import Merge, Satisfaction, Ticket, TicketStatus
from local.workspace import ROOT
from tests.knowledge_base.tickets.examples import NOW, a_ticket
from tests.shared.events.streamed import failures, stream_of_changes
from tests.shared.figures.fake_figures import FakeFigures
from tests.shared.lambda_context import CONTEXT

TODAY, TOMORROW = NOW.date(), (NOW + timedelta(days=1)).date()
ANSWERED = a_ticket(first_replied_at=NOW + timedelta(minutes=90, seconds=59), version=2)


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> FakeFigures:
    figures = FakeFigures(UTC)
    monkeypatch.setattr(wiring, "figures", lambda: figures)
    return figures


def counted(*tickets: tuple[Ticket | None, Ticket]) -> Any:
    return handler(stream_of_changes((_image(before), _image(after)) for before, after in tickets), CONTEXT)


def _image(ticket: Ticket | None) -> Any:
    return ticket and TicketRecord.of(ticket).to_dynamodb_dict()


def test_ticket_counts_when_it_is_opened_answered_and_solved(figures: FakeFigures) -> None:
    solved = replace(ANSWERED, status=TicketStatus.SOLVED, solved_at=NOW + timedelta(days=1), version=3)
    for _ in range(2):
        assert counted((None, a_ticket()), (a_ticket(), ANSWERED), (ANSWERED, solved)) == failures()

    assert figures.days == {
        TODAY: {"tickets": 1, "firstReplies": 1, "firstReplyMinutes": 90},
        TOMORROW: {"solved": 1},
    }


def test_ticket_that_was_opened_again_is_solved_again(figures: FakeFigures) -> None:
    solved = a_ticket(status=TicketStatus.SOLVED, solved_at=NOW, version=2)
    opened = a_ticket(version=3)
    again = replace(solved, version=4)
    closed = replace(again, status=TicketStatus.CLOSED, version=5)
    counted((a_ticket(), solved), (solved, opened), (opened, again), (again, closed))
    assert figures.days == {TODAY: {"solved": 2}}


def test_ticket_counts_as_its_supporter_has_rated_it_last(figures: FakeFigures) -> None:
    solved = a_ticket(status=TicketStatus.SOLVED, solved_at=NOW)
    tickets = [
        solved if score is None else solved.rated(Satisfaction(score, "", NOW + timedelta(days=days)))
        for score, days in ((None, 0), (1, 0), (2, 0), (3, 1), (5, 1), (4, 1))
    ]
    steps = [(before, replace(after, version=number)) for number, (before, after) in enumerate(pairwise(tickets), 2)]
    expected = [{"dissatisfied": 1}] * 2 + [{}] + [{"satisfied": 1}] * 2
    for step, counts in zip(steps, expected, strict=True):
        for _ in range(2):
            counted(step)
        days = figures.days.values()
        assert {name: number for day in days for name, number in day.items() if number} == counts


def test_other_changes_and_merges_count_nothing(figures: FakeFigures) -> None:
    merged = replace(ANSWERED, status=TicketStatus.CLOSED, merge=Merge("t2", TicketStatus.OPEN), version=3)
    counted((ANSWERED, replace(ANSWERED, assignee="tom", version=3)), (ANSWERED, merged))
    assert figures.days == {}


def test_sample_counts(figures: FakeFigures) -> None:
    sample = json.loads((ROOT / "events/knowledge_base/count_help_desk_figures.json").read_text())
    assert handler(sample, CONTEXT) == failures()
    assert [counts["tickets"] for counts in figures.days.values()] == [1]


def test_suggestion_is_helpful_once_for_a_ticket(figures: FakeFigures) -> None:
    helpful = VoteRecord("p1", "t1", helpful=True, cast_at=NOW).to_dynamodb_dict()
    useless = VoteRecord("p1", "t1", helpful=False, cast_at=NOW).to_dynamodb_dict()
    tally = VoteRecord("p1", TALLY, helpful_votes=1).to_dynamodb_dict()
    handler(stream_of_changes([(None, useless), (useless, helpful), (helpful, useless), (None, tally)]), CONTEXT)
    handler(stream_of_changes([(useless, helpful)]), CONTEXT)
    assert figures.days == {TODAY: {"suggestionsHelpful": 1}}


def test_gap_counts_when_it_is_found(figures: FakeFigures) -> None:
    gap = GapRecord(
        "t1", user_id="ada", state="open", question="Why?", requested_at=NOW, expires_at=NOW
    ).to_dynamodb_dict()
    handler(stream_of_changes([(None, gap), (gap, gap)]), CONTEXT)
    assert figures.days == {TODAY: {"gaps": 1}}
