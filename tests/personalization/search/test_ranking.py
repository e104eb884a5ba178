import string
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from local.sample_data.content import sample_content
from personalization.content.domain.content import Collection, Content, Kind
from personalization.memory.domain.context import SupporterContext
from personalization.search.domain.ranking import POINTS, Preferences, Ranked, preferences_of, rank, why
from personalization.search.domain.search_index import Index
from personalization.supporters.domain.consent import GIVING_HISTORY, PERSONALISATION
from shared.text.words import words
from shared.time.moments import FIRST, LAST, after
from tests.personalization.content.content_examples import NOW, page
from tests.personalization.examples import a_context, consenting

TODAY = datetime(2026, 2, 3, tzinfo=UTC)
SAMPLES = sample_content(TODAY)
SAMPLE_INDEX = Index(Collection(1, tuple(SAMPLES)))
WORD = st.text(string.ascii_lowercase, min_size=1, max_size=9)
PHRASE = st.lists(WORD, min_size=1, max_size=6).map(" ".join)
PAGES = st.lists(PHRASE, min_size=1, max_size=8)
SAID = st.sampled_from(sorted({word for item in SAMPLES for word in words(item.title + " " + item.summary)}))
LEANINGS = st.builds(Preferences, st.lists(PHRASE | SAID, max_size=3).map(tuple), st.lists(SAID, max_size=2).map(tuple))


def ranked(query: str, *items: Content, preferences: Preferences | None = None, at: datetime = NOW) -> list[Ranked]:
    return rank(query, Index(Collection(1, items)), preferences or Preferences(), at)[0]


def ids(hits: Sequence[Ranked]) -> list[str]:
    return [hit.content.content_id for hit in hits]


def mistyped(word: str, where: int, how: str, letter: str) -> str:
    head, tail = word[:where], word[where:]
    return {
        "left out": head + tail[1:],
        "put in": head + letter + tail,
        "changed": head + letter + tail[1:],
        "swapped": head + tail[1:2] + tail[:1] + tail[2:],
    }[how]


# --- Words


def test_title_says_more_than_tags_tags_more_than_summary_summary_more_than_body() -> None:
    items = [
        page("1", body="trials"),
        page("2", summary="trials"),
        page("3", tags=("trials",)),
        page("4", "trials"),
        page("5"),
    ]

    assert ids(ranked("trials", *items)) == ["4", "3", "2", "1"]


def test_rare_word_tells_more_than_a_common_one() -> None:
    items = [page(str(number), "cancer news") for number in range(6)] + [page("rare", "melanoma news")]

    assert ids(ranked("cancer melanoma", *items))[0] == "rare"


def test_words_said_in_passing_count_only_where_there_are_no_others() -> None:
    items = [page("1", "what to do"), page("2", "trials")]

    assert ids(ranked("what are trials", *items)) == ["2"]
    assert ids(ranked("what to do", *items)) == ["1"]


def test_last_word_may_still_be_being_typed() -> None:
    items = [page("1", "prevention first"), page("2", "first of all")]

    assert ids(ranked("preven", *items)) == ["1"]
    assert why(ranked("preven", *items)[0], NOW, UTC) == ("“preven” begins “prevention”",)
    assert ids(ranked("preven other", *items)) == []


def test_nothing_found_is_an_empty_list() -> None:
    assert ranked("zebra", page("1")) == []
    assert ranked("zebra") == []
    assert ranked("?!", page("1")) == []


@given(st.data())
def test_single_typo_in_a_long_word_of_a_title_still_finds_it(data: st.DataObject) -> None:
    item = data.draw(st.sampled_from(SAMPLES))
    long_words = [word for word in words(item.title) if len(word) >= 5]
    assume(long_words)
    word = data.draw(st.sampled_from(long_words))
    typo = mistyped(
        word,
        data.draw(st.integers(0, len(word) - 1)),
        data.draw(st.sampled_from(["left out", "put in", "changed", "swapped"])),
        data.draw(st.sampled_from(string.ascii_lowercase)),
    )

    assert item.content_id in ids(rank(typo, SAMPLE_INDEX, Preferences(), TODAY)[0])


@given(SAID, LEANINGS)
def test_exact_matches_outrank_every_guess(word: str, preferences: Preferences) -> None:
    hits, _ = rank(word, SAMPLE_INDEX, preferences, TODAY)
    is_exact = [hit.matches[word].kind == "exact" for hit in hits]

    assert is_exact == sorted(is_exact, reverse=True)


# --- Events


@given(SAID, LEANINGS)
def test_events_that_are_over_come_after_everything_current_that_matches(word: str, preferences: Preferences) -> None:
    hits, _ = rank(word, SAMPLE_INDEX, preferences, TODAY)
    is_over = [
        hit.content.content_id == "event-autumn-run-bristol" for hit in hits if hit.matches[word].kind == "exact"
    ]

    assert True not in is_over[:-1]


@pytest.mark.parametrize(
    ("starts_in_days", "ends_in_days", "reason"),
    [
        (1, None, "starts on 4 February 2026"),
        (80, 90, "starts on 24 April 2026"),
        (-1, 1, "is on now"),
        (0, None, "is on now"),
        (-3, -2, "ended on 1 February 2026"),
        (-3, None, "was on 31 January 2026"),
    ],
)
def test_date_of_an_event_is_a_reason(starts_in_days: int, ends_in_days: int | None, reason: str) -> None:
    ends_at = None if ends_in_days is None else NOW + timedelta(days=ends_in_days)
    event = page("e", "Walk", kind=Kind.EVENT, starts_at=NOW + timedelta(days=starts_in_days), ends_at=ends_at)

    assert why(ranked("walk", event)[0], NOW, UTC) == ("title matches “walk”", reason)


@pytest.mark.parametrize(
    ("offset_hours", "day"), [(1, "25 December 2026"), (-5, "25 December 2026"), (0, "26 December 2026")]
)
def test_day_of_an_event_is_that_of_its_zone_and_else_of_the_charity(offset_hours: int, day: str) -> None:
    starts_at = datetime(
        2026, 12, 25, 23 if offset_hours <= 0 else 0, 30, tzinfo=timezone(timedelta(hours=offset_hours))
    )
    event = page("e", "Walk", kind=Kind.EVENT, starts_at=starts_at)

    reasons = why(ranked("walk", event)[0], starts_at - timedelta(days=2), ZoneInfo("Europe/Berlin"))

    assert reasons[-1] == f"starts on {day}"


@given(
    st.datetimes(timezones=st.just(UTC)),
    st.none() | st.timedeltas(timedelta(), timedelta(days=400)),
    st.datetimes(timezones=st.just(UTC)),
)
@example(LAST, None, NOW)
@example(FIRST, None, NOW)
def test_event_of_any_year_is_found(starts_at: datetime, length: timedelta | None, at: datetime) -> None:
    ends_at = None if length is None else after(starts_at, length)
    event = page("e", "Walk", kind=Kind.EVENT, starts_at=starts_at, ends_at=ends_at)

    [hit] = ranked("walk", event, at=at)

    assert why(hit, at, UTC)[0] == "title matches “walk”"


def test_sooner_event_goes_before_a_later_one_and_one_that_is_over_goes_last() -> None:
    days = {"a-over": -10, "b-far": 300, "c-later": 40, "d-soon": 3}
    events = [page(name, "Walk", kind=Kind.EVENT, starts_at=NOW + timedelta(days=n)) for name, n in days.items()]

    assert ids(ranked("walk", *events)) == ["d-soon", "c-later", "b-far", "a-over"]


# --- The supporter


def test_interests_and_plans_lift_what_fits_them_and_are_named() -> None:
    preferences = Preferences(("prevention", "sailing"), ("join an event",))
    items = [
        page("a", "News"),
        page("b", "News", tags=("prevention",)),
        page("c", "News: join us", tags=("prevention",), kind=Kind.EVENT),
    ]

    hits = ranked("news", *items, preferences=preferences)

    assert ids(hits) == ["c", "b", "a"]
    assert why(hits[0], NOW, UTC) == (
        "title matches “news”",
        "you are interested in prevention",
        "fits your plan: join an event",
    )
    assert why(hits[1], NOW, UTC) == ("title matches “news”", "you are interested in prevention")
    assert why(hits[2], NOW, UTC) == ("title matches “news”",)


def test_interest_alone_finds_nothing() -> None:
    assert ranked("zebra", page("a", tags=("prevention",)), preferences=Preferences(("prevention",))) == []


def test_hospital_that_runs_trials_is_not_about_running() -> None:
    (hit,) = ranked("trials", page("a", "Hospitals run trials"), preferences=Preferences(("running",)))

    assert why(hit, NOW, UTC) == ("title matches “trials”",)


def test_interests_of_record_and_context_count_with_consent_only() -> None:
    context = replace(a_context(1), interests=("clean water", "sailing"), intents=("give monthly",))

    assert preferences_of(consenting(PERSONALISATION), context) == Preferences(
        ("clean water", "education", "sailing"), ("give monthly",)
    )
    assert preferences_of(consenting(GIVING_HISTORY), context) == Preferences()
    assert preferences_of(None, SupporterContext()) == Preferences()


# --- Always


@given(PHRASE | SAID, LEANINGS)
def test_scores_are_ordered_within_bounds_and_explained(query: str, preferences: Preferences) -> None:
    hits, rarities = rank(query, SAMPLE_INDEX, preferences, TODAY)

    assert [hit.order for hit in hits] == sorted(hit.order for hit in hits)
    assert all(0 < hit.points <= POINTS for hit in hits)
    assert all(rarity >= 1 for rarity in rarities)
    assert len(set(ids(hits))) == len(hits)
    for hit in hits:
        assert why(hit, TODAY, UTC)
        assert all(reason.strip() for reason in why(hit, TODAY, UTC))


@given(PAGES, PHRASE)
def test_order_does_not_depend_on_the_order_of_the_collection(titles: list[str], query: str) -> None:
    items = [page(f"page-{number}", title) for number, title in enumerate(titles)]

    forwards, backwards = ranked(query, *items), ranked(query, *reversed(items))

    assert [hit.order for hit in forwards] == [hit.order for hit in backwards]


@given(PAGES, PHRASE, PHRASE)
def test_new_content_changes_no_score_of_a_ranking_that_goes_on(titles: list[str], added: str, query: str) -> None:
    items = [page(f"page-{number}", title) for number, title in enumerate(titles)]
    before, rarities = rank(query, Index(Collection(1, tuple(items))), Preferences(), NOW)
    more = Index(Collection(2, (*items, page("added", added))))

    after, _ = rank(query, more, Preferences(), NOW, rarities)

    assert [h.order for h in after if h.content.content_id != "added"] == [h.order for h in before]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("किताब", ["book"]),
        ("कुतुब", ["tower"]),
        ("teapot", ["hyphen"]),
        ("שלום", ["pointed"]),
        ("tea\u2060pot", ["hyphen"]),
    ],
)
def test_words_keep_their_marks_and_lose_what_has_no_shape(query: str, expected: list[str]) -> None:
    texts = {"book": "किताब", "tower": "कुतुब", "hyphen": "Tea\u00adpot", "pointed": "שָׁלוֹם"}
    items = [page(content_id, text) for content_id, text in texts.items()]

    assert ids(ranked(query, *items)) == expected
