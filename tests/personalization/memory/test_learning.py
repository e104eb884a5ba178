from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personalization.memory.domain.context import FactKind, Origin, SupporterContext
from personalization.memory.domain.learning import MAX_REMEMBERED, Learned, Lesson, forgotten, next_version
from tests.personalization.examples import NOW, a_context

LATER = NOW + timedelta(days=1)

notes = st.text("abcABCßẞé ", min_size=1, max_size=3)
many_notes = st.lists(notes, max_size=40).map(tuple)
some_notes = st.lists(notes, max_size=5).map(tuple)
lessons = st.builds(Learned, many_notes, many_notes, many_notes)
short_lessons = st.builds(Learned, some_notes, some_notes, some_notes)


def lesson_of(learned: Learned, said: str = "Hello", said_at: datetime = NOW, session_id: str = "main") -> Lesson:
    return Lesson(learned=learned, said=said, said_at=said_at, session_id=session_id, interaction_id="turn-1")


def after(*lessons: Learned, start: SupporterContext | None = None) -> SupporterContext:
    context = start or SupporterContext()
    for lesson in lessons:
        context = next_version(context, lesson_of(lesson), NOW)
    return context


def kinds(of: SupporterContext | Learned) -> tuple[tuple[str, ...], ...]:
    return of.interests, of.intents, of.facts


def folded(items: tuple[str, ...]) -> list[str]:
    return [item.casefold() for item in items]


def test_first_lesson_makes_the_first_version() -> None:
    lesson = Learned(interests=("running",), intents=("give monthly",), facts=("lives in Leeds",))

    origin = NOW, "main", "turn-1"
    assert next_version(SupporterContext(), lesson_of(lesson), LATER) == SupporterContext(
        1,
        ("running",),
        ("give monthly",),
        ("lives in Leeds",),
        LATER,
        origins=(
            Origin(FactKind.INTERESTS, "running", *origin),
            Origin(FactKind.INTENTS, "give monthly", *origin),
            Origin(FactKind.REMEMBERED, "lives in Leeds", *origin),
        ),
    )


def test_each_kind_of_note_stays_with_its_kind() -> None:
    lesson = Learned(interests=("a",), intents=("b",), facts=("c",))

    assert kinds(after(lesson, start=a_context(7))) == (
        ("clean water", "a"),
        ("give monthly", "b"),
        ("learned in conversation 7", "lives in Leeds", "c"),
    )


def test_nothing_learned_is_the_same_context_under_the_next_number() -> None:
    context = next_version(a_context(7), lesson_of(Learned()), LATER)

    assert (context.version, context.updated_at) == (8, LATER)
    assert kinds(context) == kinds(a_context(7))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ((), ("b", "a"), ("b", "a")),
        (("a",), ("c", "b"), ("a", "c", "b")),
        (("Running",), ("running", "RUNNING"), ("Running",)),
        (("straße",), ("STRASSE",), ("straße",)),
        ((), ("x", "y", "x"), ("x", "y")),
    ],
)
def test_notes_stand_once_in_the_order_in_which_they_came(
    old: tuple[str, ...], new: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    context = after(Learned(interests=new), start=SupporterContext(1, interests=old, updated_at=NOW))

    assert context.interests == expected


def test_oldest_notes_are_forgotten_first() -> None:
    old = tuple(str(number) for number in range(MAX_REMEMBERED))

    context = after(Learned(facts=("new", "newer")), start=SupporterContext(1, facts=old, updated_at=NOW))

    assert context.facts == (*old[2:], "new", "newer")


@given(st.lists(lessons, max_size=4))
def test_each_lesson_is_one_version(learned: list[Learned]) -> None:
    assert after(*learned).version == len(learned)


@given(st.lists(lessons, max_size=4))
def test_memory_is_bounded_and_holds_nothing_twice(learned: list[Learned]) -> None:
    for items in kinds(after(*learned)):
        assert len(items) <= MAX_REMEMBERED
        assert len(set(folded(items))) == len(items)


@given(st.lists(lessons, max_size=3), lessons)
def test_nothing_is_remembered_that_was_not_said(learned: list[Learned], last: Learned) -> None:
    context = after(*learned, last)

    for items, said in zip(kinds(context), zip(*map(kinds, [*learned, last]), strict=True), strict=True):
        assert set(items) <= {note for notes_of_lesson in said for note in notes_of_lesson}


@given(st.lists(short_lessons, max_size=2), short_lessons)
def test_learning_the_same_twice_changes_nothing_but_the_version(learned: list[Learned], last: Learned) -> None:
    once = after(*learned, last)

    assert kinds(after(last, start=once)) == kinds(once)


@given(st.lists(lessons, max_size=4), short_lessons)
def test_what_is_new_is_never_lost_in_its_own_turn(learned: list[Learned], last: Learned) -> None:
    before = after(*learned)
    context = after(last, start=before)

    for old, items, new in zip(kinds(before), kinds(context), kinds(last), strict=True):
        assert set(folded(new)) - set(folded(old)) <= set(folded(items))


@given(st.lists(short_lessons, min_size=1, max_size=4), st.data())
def test_while_there_is_room_the_order_of_turns_loses_nothing(learned: list[Learned], data: st.DataObject) -> None:
    in_another_order = data.draw(st.permutations(learned))

    for one, other in zip(kinds(after(*learned)), kinds(after(*in_another_order)), strict=True):
        assert set(folded(one)) == set(folded(other))


@given(st.lists(lessons, max_size=3), lessons)
def test_version_before_stays_as_it_was(learned: list[Learned], last: Learned) -> None:
    before = after(*learned)
    kept = kinds(before)

    next_version(before, lesson_of(last), LATER)

    assert kinds(before) == kept


FULL = SupporterContext(1, interests=tuple(f"i{n}" for n in range(20)), updated_at=NOW)


def test_what_is_said_again_is_not_forgotten_in_the_same_turn() -> None:
    assert "i0" in next_version(FULL, lesson_of(Learned(interests=("i0", "new"))), NOW).interests


def test_learning_the_same_twice_changes_nothing_when_memory_is_full() -> None:
    lesson = Learned(interests=("i0", "new"))
    once = next_version(FULL, lesson_of(lesson), NOW)
    assert next_version(once, lesson_of(lesson), NOW).interests == once.interests


# --- Where it was learned


def test_origin_is_the_turn_that_taught_it_last() -> None:
    first = next_version(SupporterContext(), lesson_of(Learned(interests=("running",))), NOW)

    again = next_version(first, lesson_of(Learned(interests=("Running",)), said_at=LATER, session_id="other"), LATER)

    assert again.origin(FactKind.INTERESTS, "running") == Origin(
        FactKind.INTERESTS, "running", LATER, "other", "turn-1"
    )


@given(st.lists(lessons, max_size=4))
def test_everything_learned_has_one_origin_and_nothing_else_has(learned: list[Learned]) -> None:
    context = after(*learned)

    held = [(kind, value) for kind, values in context.values.items() for value in values]
    assert sorted((each.kind, each.value) for each in context.origins) == sorted(held)


# --- What was forgotten


FORGOT_AT = NOW + timedelta(minutes=5)


@pytest.mark.parametrize(
    ("value", "said", "minutes", "is_learned"),
    [
        pytest.param("running", "What about the weather?", 6, False, id="from old turns"),
        pytest.param("Running", "What about the weather?", 6, False, id="in another case"),
        pytest.param("running events", "Which events are there?", 6, False, id="in more words"),
        pytest.param("running", "I have started running again!", 6, True, id="said again"),
        pytest.param("running events", "I would like running events", 6, True, id="said again in more words"),
        pytest.param("running", "I love running", 5, False, id="said before it was forgotten"),
        pytest.param("sailing", "And the weather?", 6, True, id="something else"),
    ],
)
def test_what_was_forgotten_is_learned_again_from_a_new_statement_only(
    value: str, said: str, minutes: int, *, is_learned: bool
) -> None:
    context = SupporterContext(3, updated_at=NOW, forgotten=(forgotten("running", FORGOT_AT),))
    lesson = lesson_of(Learned(interests=(value,)), said, NOW + timedelta(minutes=minutes))

    newer = next_version(context, lesson, LATER)

    assert newer.interests == ((value,) if is_learned else ())
    still_barred = not is_learned or value == "sailing"
    assert bool(newer.forgotten) is still_barred


def test_what_was_forgotten_is_not_kept_in_words() -> None:
    assert "running" not in repr(forgotten("running", NOW))


def test_what_is_still_remembered_may_be_repeated() -> None:
    """Amended, say, into more words than were forgotten."""
    barred = (forgotten("running", FORGOT_AT),)
    context = SupporterContext(3, ("trail running",), updated_at=NOW, forgotten=barred)

    newer = next_version(context, lesson_of(Learned(interests=("trail running",))), LATER)

    assert newer.interests == ("trail running",)
