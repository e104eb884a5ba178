from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personalization.memory.domain.context import FactKind, Origin, SupporterContext
from personalization.memory.domain.correcting import (
    Amend,
    Corrections,
    Forget,
    correct_memory,
    corrected_context,
    forget_where,
    read_memory,
)
from personalization.memory.domain.learning import Learned, Lesson, next_version
from personalization.supporters.domain.consent import PERSONALISATION
from shared.auth.callers import Caller
from shared.errors import Invalid, NotFound, VersionConflict
from tests.personalization.examples import NOW, a_supporter, consenting
from tests.personalization.fakes import FakeContexts, FakeProfiles, FakeSupporters

ADA, LATER = Caller("ada"), NOW + timedelta(days=1)
LEARNED = Learned(("running", "sailing"), ("join a walk",), ("lives in Leeds",))
RUNNING = Forget(FactKind.INTERESTS, "running")


def taught(learned: Learned, session_id: str = "main", context: SupporterContext | None = None) -> SupporterContext:
    lesson = Lesson(learned=learned, said="", said_at=NOW, session_id=session_id, interaction_id="turn-1")
    return next_version(context or SupporterContext(), lesson, NOW)


@pytest.fixture
def profiles() -> FakeProfiles:
    return FakeProfiles(FakeSupporters(consenting(PERSONALISATION), a_supporter("bob")))


@pytest.fixture
def contexts(profiles: FakeProfiles) -> FakeContexts:
    fake = FakeContexts(profiles)
    fake.add("ada", taught(LEARNED))
    return fake


def test_memory_is_read_with_whether_more_is_learned(contexts: FakeContexts) -> None:
    assert read_memory(ADA, "ada", contexts).may_learn
    assert not read_memory(Caller("bob"), "bob", contexts).may_learn
    assert read_memory(Caller("priya", frozenset({"staff"})), "ada", contexts).context.version == 1
    for caller, user_id in ((Caller("bob"), "ada"), (ADA, "nobody"), (Caller("nobody"), "nobody")):
        with pytest.raises(NotFound):
            read_memory(caller, user_id, contexts)


def test_corrections_make_the_next_version_and_older_ones_have_no_copy(
    contexts: FakeContexts, profiles: FakeProfiles
) -> None:
    corrections = Corrections((RUNNING,), (Amend(FactKind.REMEMBERED, "lives in Leeds", "lives in York"),))

    after = correct_memory(ADA, "ada", seen_version=1, corrections=corrections, contexts=contexts, now=LATER).context

    assert (after.version, after.interests, after.facts) == (2, ("sailing",), ("lives in York",))
    assert after.origin(FactKind.REMEMBERED, "lives in York") == Origin(FactKind.REMEMBERED, "lives in York", LATER)
    assert contexts.latest("ada") == after
    assert profiles.contexts["ada"][0] == SupporterContext(1, updated_at=NOW)


def test_another_version_is_a_conflict_and_changes_nothing(contexts: FakeContexts, profiles: FakeProfiles) -> None:
    before = list(profiles.contexts["ada"])
    for seen_version in (0, 2):
        with pytest.raises(VersionConflict):
            correct_memory(
                ADA, "ada", seen_version=seen_version, corrections=Corrections((RUNNING,)), contexts=contexts, now=LATER
            )
    assert profiles.contexts["ada"] == before


@pytest.mark.parametrize(
    ("corrections", "field"),
    [
        (Corrections((Forget(FactKind.INTERESTS, "chess"),)), "forget[0].value"),
        (Corrections((Forget(FactKind.INTENTS, "running"),)), "forget[0].value"),
        (Corrections((RUNNING, RUNNING)), "forget[1].value"),
        (Corrections((RUNNING,), (Amend(FactKind.INTERESTS, "running", "x"),)), "amend[0].value"),
    ],
)
def test_what_is_not_remembered_cannot_be_corrected(corrections: Corrections, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        corrected_context(taught(LEARNED), corrections, LATER)
    assert [error.field for error in refused.value.errors] == [field]


def test_amending_into_what_is_there_already_leaves_it_once() -> None:
    amended = corrected_context(
        taught(LEARNED), Corrections((), (Amend(FactKind.INTERESTS, "running", "Sailing"),)), LATER
    )
    assert [each.casefold() for each in amended.interests] == ["sailing"]
    assert [each.value for each in amended.origins if each.kind is FactKind.INTERESTS] == list(amended.interests)


def test_deleted_conversation_takes_with_it_what_it_taught_last(contexts: FakeContexts, profiles: FakeProfiles) -> None:
    contexts.add("ada", taught(Learned(interests=("sailing", "chess")), "other", contexts.latest("ada")))

    for _ in range(2):
        forget_where("ada", lambda origin: origin is not None and origin.session_id == "other", contexts, LATER)

    after = contexts.latest("ada")
    assert (after.version, after.interests, after.intents) == (3, ("running",), ("join a walk",))
    assert all(each.interests == () for each in profiles.contexts["ada"][:-1])


# --- Whatever is corrected

words = st.text("abc ", min_size=1, max_size=4)
some = st.lists(words, max_size=4, unique_by=str.casefold).map(tuple)


@given(st.builds(Learned, some, some, some), st.data())
def test_what_was_corrected_is_not_learned_from_the_same_turns_again(learned: Learned, data: st.DataObject) -> None:
    context = taught(learned)
    held = [(kind, value) for kind, values in context.values.items() for value in values]
    gone = data.draw(st.lists(st.sampled_from(held), unique=True)) if held else []

    corrected = corrected_context(context, Corrections(tuple(Forget(*each) for each in gone)), LATER)
    again = taught(learned, context=corrected)

    kept = {each for each in held if each not in gone}
    assert {(kind, value) for kind, values in again.values.items() for value in values} == kept
    assert [each.version for each in (context, corrected, again)] == [1, 2, 3]
