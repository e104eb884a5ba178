from datetime import UTC, datetime

import pytest

from knowledge_base.customers.domain.interactions import InteractionKind, interaction
from knowledge_base.customers.domain.noting import Noting
from shared.errors import Unavailable
from tests.knowledge_base.customers.fakes import FakeInteractions, FakeSentiments, FakeVersions

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
REPLY = interaction(InteractionKind.REPLY, "ada", "t1", NOW, "e1")


@pytest.fixture
def interactions() -> FakeInteractions:
    return FakeInteractions(FakeVersions())


def sentiments_of(interactions: FakeInteractions) -> list[float | None]:
    return [each.sentiment for each in interactions.newest("ada", 10, NOW)]


@pytest.mark.parametrize(("text", "sentiment"), [("awful", -1.0), ("strange", None)])
def test_what_it_sounds_like_is_noted_where_it_can_be_classified(
    interactions: FakeInteractions, text: str, sentiment: float | None
) -> None:
    noting = Noting(interactions, FakeSentiments(awful=-1.0), lambda: NOW)
    for _ in range(2):
        assert noting.note(REPLY, text)
    assert sentiments_of(interactions) == [sentiment]


def test_an_interaction_counts_before_a_model_answers(interactions: FakeInteractions) -> None:
    sentiments = FakeSentiments(awful=-1.0)
    sentiments.error = Unavailable("busy")
    noting = Noting(interactions, sentiments, lambda: NOW)
    with pytest.raises(Unavailable):
        noting.note(REPLY, "awful")
    assert sentiments_of(interactions) == [None]

    sentiments.error = None
    assert noting.note(REPLY, "awful")
    assert sentiments_of(interactions) == [-1.0]


def test_nothing_is_noted_of_whoever_was_erased(interactions: FakeInteractions) -> None:
    interactions.erased.add("ada")
    assert not Noting(interactions, FakeSentiments(awful=-1.0), lambda: NOW).note(REPLY, "awful")
    assert sentiments_of(interactions) == []
