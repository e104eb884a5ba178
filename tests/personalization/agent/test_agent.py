from dataclasses import replace
from datetime import timedelta

import pytest

from personalization.agent.domain.agent import Answer
from personalization.agent.domain.conversation import SESSION_LIFE, Interaction, Session, Turn
from personalization.agent.domain.facts import GIVING_HISTORY, PERSONALISATION, Fact
from personalization.agent.domain.learning import Learned
from personalization.supporters.domain.supporter import Consent
from shared.auth.callers import Caller
from shared.errors import NotFound
from shared.ids import uuid7
from shared.models.model import Usage
from tests.personalization.agent.fake_author import FakeAuthor, replying
from tests.personalization.agent.worlds import World
from tests.personalization.examples import (
    NOW,
    a_context,
    a_supporter,
    consenting,
    donation,
)

STAFF = Caller("staff-1", frozenset({"staff"}))
ADMIN = Caller("admin-1", frozenset({"admin"}))
USAGE = Usage(210, 45)


# --- The answer


def test_answer_says_what_was_said_and_what_it_rests_on(world: World) -> None:
    world.profiles.donations["ada"].append(donation(2))

    answer = world.ask(FakeAuthor(replying("donations.total")))

    assert answer == Answer(
        content="You gave GBP 10.",
        session_id="main",
        interaction_id=uuid7(NOW, 1),
        context_version=1,
        usage=USAGE,
        basis=(Fact("donations.total", "GBP 10.02"),),
    )


def test_turn_is_recorded_as_it_was_answered(world: World) -> None:
    answer = world.ask(FakeAuthor(replying("name")))

    assert world.memory.interactions == [
        Interaction(
            interaction_id=answer.interaction_id,
            user_id="ada",
            session_id="main",
            occurred_at=NOW,
            input="What did I give?",
            content=answer.content,
            basis=answer.basis,
            context_version=1,
            usage=USAGE,
        )
    ]
    assert world.memory.sessions == {"main": Session("main", "ada", NOW + SESSION_LIFE)}


@pytest.mark.parametrize("count", [0, 1, 7])
def test_every_turn_makes_the_next_version_of_the_context(world: World, count: int) -> None:
    world.profiles.contexts["ada"] += [a_context(version) for version in range(1, count + 1)]

    assert [world.ask().context_version for _ in range(3)] == [count + 1, count + 2, count + 3]
    assert [context.version for context in world.profiles.contexts["ada"]] == list(range(1, count + 4))


def test_time_of_a_turn_is_the_time_of_its_answer(world: World) -> None:
    def think() -> None:
        world.now += timedelta(seconds=20)

    world.ask(FakeAuthor(meanwhile=think))

    [interaction] = world.memory.interactions
    assert interaction.occurred_at == NOW + timedelta(seconds=20)
    assert world.memory.sessions["main"].expires_at == interaction.occurred_at + SESSION_LIFE


# --- Basis


def test_basis_names_only_facts_that_were_in_the_prompt(world: World) -> None:
    author = FakeAuthor(replying("interests", "donations.total", "shoe size", "name"))

    answer = world.ask(author)

    assert [fact.name for fact in answer.basis] == ["name", "interests"]
    assert set(answer.basis) <= set(author.prompts[0].facts)


def test_basis_of_an_answer_that_used_nothing_is_empty(world: World) -> None:
    assert world.ask(FakeAuthor(replying())).basis == ()


def test_basis_names_a_fact_once(world: World) -> None:
    assert len(world.ask(FakeAuthor(replying("name", "name"))).basis) == 1


# --- Consent


@pytest.mark.parametrize(
    ("purposes", "names"),
    [
        ((), {"name"}),
        ((PERSONALISATION,), {"name", "interests", "intents", "remembered"}),
        ((GIVING_HISTORY,), {"name", "donations.total", "donations.latest", "donations.monthly"}),
    ],
)
def test_prompt_holds_only_what_was_consented_to(purposes: tuple[str, ...], names: set[str]) -> None:
    world, author = World(consenting(*purposes)), FakeAuthor()
    world.profiles.donations["ada"].append(donation(1))
    world.profiles.contexts["ada"].append(a_context(1))

    world.ask(author)

    assert {fact.name for fact in author.prompts[0].facts} == names


@pytest.mark.parametrize("purposes", [(), (GIVING_HISTORY,)])
def test_without_consent_nothing_is_learned_and_the_turn_is_still_recorded(purposes: tuple[str, ...]) -> None:
    world = World(consenting(*purposes))
    world.profiles.contexts["ada"].append(a_context(1))

    answer = world.ask(FakeAuthor(replying(learned=Learned(("running",), ("run",), ("runs",)))))

    assert answer.context_version == 2
    assert len(world.memory.interactions) == 1
    assert world.memory.latest_context("ada") == replace(a_context(1), version=2, updated_at=NOW)


def test_what_was_learned_is_a_fact_of_the_next_turn(world: World) -> None:
    author = FakeAuthor(replying(learned=Learned(interests=("running",))))

    world.ask(author, session_id="one")
    world.ask(author, session_id="two")

    assert Fact("interests", "clean water, education, running") in author.prompts[1].facts


def test_consent_that_is_taken_back_silences_what_was_learned_and_keeps_it() -> None:
    yes = Consent(PERSONALISATION, True, NOW)
    no = Consent(PERSONALISATION, False, NOW + timedelta(days=1))
    world, author = World(replace(a_supporter(), consent=(yes, no))), FakeAuthor()
    world.profiles.contexts["ada"].append(a_context(1))

    world.ask(author)

    assert [fact.name for fact in author.prompts[0].facts] == ["name"]
    assert world.memory.latest_context("ada").facts == a_context(1).facts


# --- Who may ask


@pytest.mark.parametrize("user_id", ["bob", "nobody", "ADA", ""])
def test_supporter_asks_for_themselves_only(world: World, user_id: str) -> None:
    author, before = FakeAuthor(), world.written()

    with pytest.raises(NotFound) as error:
        world.ask(author, user_id=user_id)

    assert error.value.detail == "There is no such supporter."
    assert author.prompts == []
    assert world.written() == before


@pytest.mark.parametrize("caller", [STAFF, ADMIN])
def test_staff_ask_for_anyone_and_it_is_the_supporters_turn(world: World, caller: Caller) -> None:
    world.ask(caller=caller, user_id="bob")

    assert [each.user_id for each in world.memory.interactions] == ["bob"]
    assert world.memory.sessions["main"].user_id == "bob"


def test_supporter_whose_record_has_not_been_made_yet_is_not_found(world: World) -> None:
    author = FakeAuthor()

    with pytest.raises(NotFound):
        world.ask(author, caller=Caller("newcomer"), user_id="newcomer")

    assert author.prompts == []


# --- Sessions


def test_session_of_another_is_not_found_before_the_model_is_called(world: World) -> None:
    world.took("main", "bob")
    author, before = FakeAuthor(), world.written()

    with pytest.raises(NotFound) as error:
        world.ask(author)

    assert "bob" not in error.value.detail
    assert author.prompts == []
    assert world.written() == before


def test_session_of_the_supporter_is_not_open_to_staff_who_ask_for_another(world: World) -> None:
    world.took("main", "bob")

    with pytest.raises(NotFound):
        world.ask(caller=STAFF, user_id="ada")


def test_session_that_another_takes_while_the_model_writes_is_not_found_and_nothing_is_written(world: World) -> None:
    with pytest.raises(NotFound):
        world.ask(FakeAuthor(meanwhile=lambda: world.took("main", "bob")))

    assert [each.user_id for each in world.memory.interactions] == ["bob"]
    assert world.profiles.contexts["ada"] == []
    assert world.memory.sessions["main"].user_id == "bob"


def test_expired_session_is_free_again(world: World) -> None:
    world.took("main", "bob")
    world.now += SESSION_LIFE + timedelta(minutes=1)

    world.ask()

    assert world.memory.sessions["main"].user_id == "ada"


def test_session_goes_on_with_its_earlier_turns(world: World) -> None:
    author = FakeAuthor()

    for _ in range(3):
        world.ask(author)
        world.now += timedelta(minutes=1)

    turn = Turn("What did I give?", "You gave GBP 10.")
    assert [prompt.turns for prompt in author.prompts] == [(), (turn,), (turn, turn)]


def test_new_session_begins_anew(world: World) -> None:
    author = FakeAuthor()

    world.ask(author, session_id="one")
    world.ask(author, session_id="two")

    assert author.prompts[1].turns == ()
