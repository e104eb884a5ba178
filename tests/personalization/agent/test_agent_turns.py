"""Turns that fail, and turns at the same time."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personalization.agent.domain.agent import AgentAnswer, Recollection
from personalization.agent.domain.conversation import Interaction, Question, Session
from personalization.memory.domain.context import FactKind, Origin, SupporterContext
from personalization.memory.domain.learning import Learned
from shared.errors import Unavailable
from shared.idempotency.claims import Claim, FirstAnswer
from shared.models.model import ModelBusy
from tests.personalization.agent.fake_author import FakeAuthor, replying
from tests.personalization.agent.worlds import World
from tests.personalization.examples import (
    NOW,
    a_context,
)
from tests.personalization.fakes import FakeMemory
from tests.shared.interleaving import Pause, interleaved

# --- Failures


def test_author_who_gives_up_leaves_nothing_behind(world: World) -> None:
    def give_up() -> None:
        raise ModelBusy

    before = world.written()

    with pytest.raises(ModelBusy):
        world.ask(FakeAuthor(meanwhile=give_up))

    assert world.written() == before


@pytest.mark.parametrize("seconds", [25.0, 26.0, 60.0])
def test_answer_after_the_deadline_is_not_written(world: World, seconds: float) -> None:
    before = world.written()

    with pytest.raises(Unavailable) as error:
        world.ask(FakeAuthor(meanwhile=lambda: world.clock.sleep(seconds)))

    assert error.value.retry_after_seconds >= 1
    assert world.written() == before


def test_answer_just_before_the_deadline_is_written(world: World) -> None:
    world.ask(FakeAuthor(meanwhile=lambda: world.clock.sleep(24.9)))

    assert len(world.memory.interactions) == 1


class BusyContext(FakeMemory):
    """Somebody else is always quicker, which each time takes a while."""

    def __init__(self, world: World, seconds: float) -> None:
        super().__init__(world.profiles)
        self._clock, self._seconds = world.clock, seconds
        self.attempts = 0

    def record(
        self,
        interaction: Interaction,
        context: SupporterContext,
        session: Session,
        now: datetime,
        first_answer: FirstAnswer | None = None,
    ) -> None:
        self.attempts += 1
        self._clock.sleep(self._seconds)
        self._profiles.contexts[interaction.user_id].append(context)
        super().record(interaction, context, session, now, first_answer)


@pytest.mark.parametrize("seconds", [0.0, 0.01, 3.0, 30.0])
def test_context_that_never_rests_is_given_up(world: World, seconds: float) -> None:
    memory = BusyContext(world, seconds)

    with pytest.raises(Unavailable) as error:
        world.ask(memory=memory)

    assert 1 <= memory.attempts <= 1 + 25 / max(seconds, 1)
    assert error.value.retry_after_seconds >= 1
    assert memory.interactions == []


def test_model_is_called_once_however_often_the_context_moves(world: World) -> None:
    author = FakeAuthor(meanwhile=lambda: world.profiles.contexts["ada"].append(a_context(1)))

    assert world.ask(author).context_version == 2
    assert len(author.prompts) == 1


def test_what_a_quicker_turn_learned_is_kept(world: World) -> None:
    author = FakeAuthor(
        replying(learned=Learned(interests=("running",))),
        meanwhile=lambda: world.profiles.contexts["ada"].append(a_context(1)),
    )

    answer = world.ask(author)

    origin = Origin(FactKind.INTERESTS, "running", NOW, "main", answer.interaction_id)
    assert world.memory.latest_context("ada") == replace(
        a_context(1), version=2, interests=("clean water", "running"), updated_at=NOW, origins=(origin,)
    )


# --- Turns at the same time


class PausingMemory:
    """Lets other turns go on before each of its steps."""

    def __init__(self, memory: FakeMemory, pause: Pause) -> None:
        self._memory, self._pause = memory, pause

    def recall(self, question: Question, now: datetime, claim: Claim | None = None) -> Recollection | None:
        self._pause()
        return self._memory.recall(question, now, claim)

    def record(
        self,
        interaction: Interaction,
        context: SupporterContext,
        session: Session,
        now: datetime,
        first_answer: FirstAnswer | None = None,
    ) -> None:
        self._pause()
        self._memory.record(interaction, context, session, now, first_answer)

    def latest_context(self, user_id: str) -> SupporterContext:
        self._pause()
        return self._memory.latest_context(user_id)


@given(st.integers(0, 3), st.lists(st.sampled_from(["main", "other"]), min_size=2, max_size=6), st.data())
def test_concurrent_turns_get_versions_of_their_own_and_lose_nothing(
    stored: int, sessions: list[str], data: st.DataObject
) -> None:
    order = data.draw(st.lists(st.integers(0, len(sessions) - 1), max_size=8 * len(sessions)))
    world = World()
    world.profiles.contexts["ada"] += [a_context(version) for version in range(1, stored + 1)]

    def turn(number: int, session_id: str) -> Callable[[Pause], AgentAnswer]:
        lesson = Learned((f"interest {number}",), (f"intent {number}",), (f"fact {number}",))

        def ask(pause: Pause) -> AgentAnswer:
            author = FakeAuthor(replying(learned=lesson), meanwhile=pause)
            return world.ask(author, session_id=session_id, memory=PausingMemory(world.memory, pause))

        return ask

    answers = interleaved([turn(number, session_id) for number, session_id in enumerate(sessions)], order)

    count = len(sessions)
    versions = {context.version: context for context in world.profiles.contexts["ada"]}
    assert sorted(answer.context_version for answer in answers) == list(range(stored + 1, stored + count + 1))
    assert sorted(each.interaction_id for each in world.memory.interactions) == sorted(
        a.interaction_id for a in answers
    )
    assert set(world.memory.sessions) == set(sessions)
    for number, answer in enumerate(answers):
        before = versions.get(answer.context_version - 1, SupporterContext())
        after = versions[answer.context_version]
        assert after.interests == (*before.interests, f"interest {number}")
        assert after.intents == (*before.intents, f"intent {number}")
        assert after.facts == (*before.facts, f"fact {number}")
