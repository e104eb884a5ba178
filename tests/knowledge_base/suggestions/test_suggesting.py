from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any

import pytest

from knowledge_base.suggestions.domain.passages import Source
from knowledge_base.suggestions.domain.suggesting import OFFER_LIFE
from shared.errors import NotFound
from tests.knowledge_base.suggestions.fakes import NOW, Shelf, a_passage

RETURNS = a_passage("Goods can be returned within 30 days.", score=0.5)
GIFTS = a_passage("Gifts cannot be returned.", document_id="gifts", title="Gifts", source="gifts.md", score=0.45)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf(RETURNS, GIFTS)


def test_suggestions_are_retrieved_once_for_a_question(shelf: Shelf) -> None:
    assert shelf.suggested() == shelf.suggested() == [RETURNS.text, GIFTS.text]
    assert len(shelf.library.questions) == 1
    shelf.suggested(question="And gifts?")
    shelf.suggested(question="And gifts?", now=NOW + OFFER_LIFE)
    assert len(shelf.library.questions) == 3


def test_what_can_be_read_at_the_same_time_is(monkeypatch: pytest.MonkeyPatch) -> None:
    with ThreadPoolExecutor(2) as threads:
        shelf = Shelf(RETURNS, GIFTS, threads=threads)
        shelf.suggested()
        first, second = Barrier(2, timeout=5), Barrier(2, timeout=5)
        for fake, method, both in (
            (shelf.offers, "find", first),
            (shelf.library, "searchable", second),
            (shelf.votes, "tallies", second),
        ):
            monkeypatch.setattr(fake, method, waiting(getattr(fake, method), both))

        def question() -> str:
            first.wait()
            return "How do I return it?"

        assert len(shelf.service.suggest("t1", question, NOW)) == 2


def waiting(read: Callable[..., Any], together: Barrier) -> Callable[..., Any]:
    def wait_and_read(*arguments: object) -> Any:
        together.wait()
        return read(*arguments)

    return wait_and_read


def test_nothing_is_retrieved_for_a_ticket_without_words(shelf: Shelf) -> None:
    assert shelf.suggested(question=" \n") == []
    assert shelf.library.questions == []


def test_passages_of_documents_that_are_not_searchable_are_left_out(shelf: Shelf) -> None:
    del shelf.library.sources["returns"]
    assert shelf.suggested() == [GIFTS.text]


@pytest.mark.parametrize("change", ["changed", "deleted"])
def test_a_change_of_a_document_ends_what_was_kept_even_before_anybody_hears_of_it(shelf: Shelf, change: str) -> None:
    shelf.suggested()
    del shelf.library.sources["returns"]
    assert shelf.suggested() == [GIFTS.text]
    if change == "changed":
        newer = replace(RETURNS, text="Goods can be returned within 60 days.", version=2)
        shelf.library.passages[0] = newer
        shelf.library.sources["returns"] = Source("returns", "Returns", 2)
        shelf.offers.kept["t1"] = replace(shelf.offers.kept["t1"], passages=(RETURNS, GIFTS))
        assert shelf.suggested() == [newer.text, GIFTS.text]


def test_an_overlap_of_chunks_is_suggested_once(shelf: Shelf) -> None:
    shelf.library.passages.insert(1, replace(RETURNS, score=0.48))
    assert [each.score for each in shelf.service.passages("?", 5)] == [0.5, 0.45]


def test_feedback_changes_what_is_suggested_later_and_for_other_tickets(shelf: Shelf) -> None:
    shelf.suggested("t1")
    shelf.suggested("t2")
    shelf.service.feedback("t1", GIFTS.passage_id, NOW, helpful=True)
    assert shelf.suggested("t2") == shelf.suggested("t3") == [GIFTS.text, RETURNS.text]
    shelf.service.feedback("t1", GIFTS.passage_id, NOW, helpful=False)
    assert shelf.suggested("t2") == [RETURNS.text, GIFTS.text]


def test_feedback_is_of_a_passage_and_ends_with_its_words() -> None:
    assert replace(GIFTS, text="Gifts can be returned.").passage_id != GIFTS.passage_id
    assert replace(GIFTS, version=2, title="Presents", score=0.1).passage_id == GIFTS.passage_id


def test_what_helped_is_cited_and_what_was_offered_is_not(shelf: Shelf) -> None:
    shelf.suggested()
    shelf.service.feedback("t1", GIFTS.passage_id, NOW, helpful=True)
    shelf.service.feedback("t1", RETURNS.passage_id, NOW, helpful=False)
    shelf.suggested(question="Another question, about the same?")
    cited = {document_id: use.is_cited for (document_id, _), use in shelf.uses.noted.items()}
    assert cited == {"gifts": True, "returns": False}


@pytest.mark.parametrize(("ticket", "suggestion"), [("t1", "made-up"), ("t2", GIFTS.passage_id)])
def test_feedback_is_for_what_was_suggested_for_the_ticket(shelf: Shelf, ticket: str, suggestion: str) -> None:
    shelf.suggested("t1")
    with pytest.raises(NotFound):
        shelf.service.feedback(ticket, suggestion, NOW, helpful=True)
    assert not shelf.votes.cast_votes


def test_a_document_that_changes_while_suggestions_are_kept_ends_them_whenever_they_are_read(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = shelf.offers.keep

    def change_and_keep(offer: object) -> None:
        shelf.library.sources.pop("returns", None)
        keep(offer)  # type: ignore[arg-type]

    monkeypatch.setattr(shelf.offers, "keep", change_and_keep)
    shelf.suggested()
    assert shelf.suggested() == [GIFTS.text]
