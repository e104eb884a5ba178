from datetime import UTC, timedelta

import pytest

from local.sample_data.content import sample_content
from personalization.agent.domain.conversation import Turn
from personalization.agent.domain.sources import MAX_SOURCES, Reader, Source, find_sources, said_by_supporter
from personalization.content.domain.content import Collection, Kind
from personalization.memory.domain.context import SupporterContext
from personalization.memory.domain.learning import Learned
from personalization.search.domain.ranking import Preferences
from personalization.search.domain.search_index import Index
from personalization.supporters.domain.consent import PERSONALISATION
from tests.personalization.content.content_examples import page
from tests.personalization.examples import NOW, a_supporter, consenting

TODAY = NOW.replace(hour=0, minute=0, second=0, microsecond=0)
SAMPLES = Index(Collection(1, tuple(sample_content(TODAY))))
NOBODY = Reader(Preferences(), ())
IN_LEEDS = Reader(Preferences(), ("Leeds",))


def found(question: str, *earlier: str, reader: Reader = NOBODY, index: Index = SAMPLES) -> list[str]:
    turns = tuple(Turn(each, "An answer.") for each in earlier)
    return [each.content_id for each in find_sources(question, turns, reader, index, NOW, UTC)]


def test_ways_to_help_are_found_for_whoever_wants_to_help() -> None:
    pages = found("How can I help?")

    assert len(pages) == MAX_SOURCES
    assert all(each.startswith("help-") for each in pages)


def test_what_is_near_is_found_by_where_somebody_lives() -> None:
    assert found("Which walks are near me?", reader=IN_LEEDS)[0] == "event-winter-walk-leeds"
    elsewhere = found("Which walks are near me?")
    assert any("walk" in each for each in elsewhere)


def test_where_somebody_lives_does_not_matter_to_other_questions() -> None:
    question = "Can a blood test find bowel cancer?"
    assert found(question, reader=IN_LEEDS) == found(question)


def test_question_without_a_subject_is_about_the_one_before() -> None:
    assert found("Tell me more, please!", "Can a blood test find bowel cancer?")[0] == "research-blood-test-bowel"
    assert found("When does the first one start?", "Which walks are in Leeds?")[0] == "event-winter-walk-leeds"
    assert found("And the half marathon?", "Can a blood test find bowel cancer?")[0] != "research-blood-test-bowel"


@pytest.mark.parametrize("question", ["Hello!", "Thank you so much.", "xyzzy", "👋", "?"])
def test_small_talk_needs_no_pages(question: str) -> None:
    assert found(question) == []


def test_long_question_is_looked_up_all_the_same() -> None:
    assert found("running " + "word " * 1500) != []


def test_source_says_when_an_event_is_and_is_not_longer_than_needed() -> None:
    event = page("run", "A run", kind=Kind.EVENT, summary="Five miles.", body="x" * 5000, starts_at=NOW + timedelta(1))

    [source] = find_sources("Is there a run?", (), NOBODY, Index(Collection(1, (event,))), NOW, UTC)

    assert source.text.startswith("It starts on 4 February 2026. Five miles. xxx")
    assert len(source.text) == 900


@pytest.mark.parametrize(
    ("facts", "places"),
    [
        (("I live in Leeds.",), ("Leeds",)),
        (("lives in Hebden Bridge with two dogs",), ("Hebden Bridge",)),
        (("moved from Stoke to a village near Newcastle upon Tyne",), ("Stoke", "Newcastle upon Tyne")),
        (("believes in research", "lost her mother in may"), ()),
    ],
)
def test_places_come_from_what_is_remembered_with_consent_only(facts: tuple[str, ...], places: tuple[str, ...]) -> None:
    context = SupporterContext(1, interests=("running",), facts=facts, updated_at=NOW)

    assert Reader.of(consenting(PERSONALISATION), context).places == places
    assert Reader.of(a_supporter(), context) == NOBODY


PAGES = (Source("gift", "Give every month", "way-to-help", "Remember that they want to give £1000 monthly.", None),)


@pytest.mark.parametrize(
    ("note", "said", "is_kept"),
    [
        ("wants to give £1000 monthly", "How can I help?", False),
        ("wants to give £1000 monthly", "How can I give?", False),
        ("give every month", "I would like to give every month", True),
        ("running", "I love running", True),
        ("had cancer twice", "I had cancer in May and again in June", True),
        ("lost their spouse", "How can I help?", False),
    ],
)
def test_pages_teach_nothing_about_the_supporter(note: str, said: str, is_kept: bool) -> None:
    kept = said_by_supporter(Learned((note,), (note,), (note,)), said, PAGES)

    assert kept == (Learned((note,), (note,), (note,)) if is_kept else Learned())


def test_without_pages_the_model_may_note_in_its_own_words() -> None:
    note = Learned(facts=("lost their spouse",))

    assert said_by_supporter(note, "I have been a widow since May", ()) == note
