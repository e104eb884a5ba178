from datetime import UTC, datetime

import pytest

from knowledge_base.context import wiring
from knowledge_base.context.handlers.note_ticket_interactions import handler
from knowledge_base.customers.domain.noting import Noting
from knowledge_base.tickets.adapters.records import EntryRecord
from knowledge_base.tickets.domain.threads import Entry, Kind
from shared.dynamodb.records import Image
from shared.errors import Unavailable
from tests.knowledge_base.customers.fakes import FakeInteractions, FakeSentiments, FakeVersions
from tests.shared.events.streamed import failures, stream
from tests.shared.lambda_context import CONTEXT

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)


@pytest.fixture
def interactions() -> FakeInteractions:
    return FakeInteractions(FakeVersions())


@pytest.fixture(autouse=True)
def sentiments(monkeypatch: pytest.MonkeyPatch, interactions: FakeInteractions) -> FakeSentiments:
    fake = FakeSentiments(awful=-1.0, fine=0.5)
    monkeypatch.setattr(wiring, "noting", lambda: Noting(interactions, fake, lambda: NOW))
    return fake


def entry(number: int, kind: Kind, text: str) -> Entry:
    author = "ada" if kind in {Kind.OPENING, Kind.SUPPORTER} else "priya"
    return Entry(
        ticket_id="t1", entry_id=f"e{number}", user_id="ada", number=7, author=author, kind=kind, text=text, at=NOW
    )


def image(number: int, kind: Kind, text: str) -> Image:
    return EntryRecord.of(entry(number, kind, text)).to_dynamodb_dict()


def noted(interactions: FakeInteractions) -> list[tuple[str, str, float | None]]:
    return [(each.kind, each.reference, each.sentiment) for each in interactions.newest("ada", 10, NOW)]


def test_what_supporters_write_is_noted_once_and_what_staff_write_is_not(interactions: FakeInteractions) -> None:
    written = [
        image(1, Kind.OPENING, "awful"),
        image(2, Kind.STAFF, "sorry"),
        image(3, Kind.NOTE, "awful"),
        image(4, Kind.SUPPORTER, "fine"),
    ]
    for _ in range(2):
        assert handler(stream(written), CONTEXT) == failures()
    assert sorted(noted(interactions)) == [("reply", "t1", 0.5), ("ticket", "t1", -1.0)]
    assert "awful" not in str(interactions.by_key)


def test_while_no_model_answers_it_counts_and_comes_again(
    interactions: FakeInteractions, sentiments: FakeSentiments
) -> None:
    sentiments.error = Unavailable("busy")
    assert handler(stream([image(1, Kind.OPENING, "awful")]), CONTEXT) == failures("s0")
    assert noted(interactions) == [("ticket", "t1", None)]
