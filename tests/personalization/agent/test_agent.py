from dataclasses import replace
from datetime import timedelta

import pytest

from personalization.agent.domain.agent import AgentAnswer, BasisItem
from personalization.agent.domain.conversation import SESSION_LIFE, Interaction, Session, Turn
from personalization.agent.domain.facts import Fact
from personalization.memory.domain.learning import Learned
from personalization.supporters.domain.consent import GIVING_HISTORY, PERSONALISATION
from personalization.supporters.domain.supporter import Consent
from shared.auth.callers import Caller
from shared.errors import NotFound
from shared.idempotency.claims import Claim, KeyInUse
from shared.ids import uuid7
from shared.json.encoding import encode
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

    assert answer == AgentAnswer(
        content="You gave GBP 10.",
        session_id="main",
        interaction_id=uuid7(NOW, 1),
        context_version=1,
        usage=USAGE,
        sources=(),
        basis=(BasisItem("donations.total", "GBP 10.02"),),
    )


def test_turn_is_recorded_as_it_was_answered(world: World) -> None:
    answer = world.ask(FakeAuthor(replying("name")))

    assert world.memory.interactions == [
        Interaction(
            interaction_id=answer.interaction_id,
            user_id="ada",
            requested_by="ada",
            session_id="main",
            occurred_at=NOW,
            input="What did I give?",
            content=answer.content,
            basis=(Fact("name", "Zoë 山田"),),
            context_version=1,
            usage=USAGE,
        )
    ]
    assert world.memory.sessions == {"main": Session.as_of("main", "ada", NOW)}


@pytest.mark.parametrize("count", [0, 1, 7])
def test_every_turn_makes_the_next_version_of_the_context(world: World, count: int) -> None:
    world.profiles.contexts["ada"] += [a_context(version) for version in range(1, count + 1)]

    assert [world.ask().context_version for _ in range(3)] == [count + 1, count + 2, count + 3]
    assert [context.version for context in world.profiles.contexts["ada"]] == list(range(1, count + 4))


def test_time_of_a_turn_is_the_time_of_its_question_and_the_session_lives_from_its_answer(world: World) -> None:
    def think() -> None:
        world.now += timedelta(seconds=20)

    world.ask(FakeAuthor(meanwhile=think))

    [interaction] = world.memory.interactions
    assert interaction.occurred_at == NOW
    assert world.memory.sessions["main"].expires_at == NOW + timedelta(seconds=20) + SESSION_LIFE


# --- Basis


def test_basis_names_only_facts_that_were_in_the_prompt(world: World) -> None:
    author = FakeAuthor(replying("interests", "donations.total", "shoe size", "name"))

    answer = world.ask(author)

    assert [item.fact for item in answer.basis] == ["name", "interests"]
    assert {Fact(item.fact, item.value) for item in answer.basis} <= set(author.prompts[0].facts)


def test_basis_of_an_answer_that_used_nothing_is_empty(world: World) -> None:
    assert world.ask(FakeAuthor(replying())).basis == ()


def test_basis_names_a_fact_once(world: World) -> None:
    assert len(world.ask(FakeAuthor(replying("name", "name"))).basis) == 1


# --- Consent


@pytest.mark.parametrize(
    ("purposes", "names"),
    [
        ((), {"name", "memory"}),
        ((PERSONALISATION,), {"name", "interests", "intents", "remembered"}),
        ((GIVING_HISTORY,), {"name", "memory", "donations.total", "donations.latest", "donations.monthly"}),
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

    assert [fact.name for fact in author.prompts[0].facts] == ["name", "memory"]
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
def test_staff_ask_for_anyone_in_sessions_of_their_own(world: World, caller: Caller) -> None:
    world.ask(caller=caller, user_id="bob")

    assert [(each.user_id, each.requested_by) for each in world.memory.interactions] == [("bob", caller.user_id)]
    assert world.memory.sessions["main"].user_id == caller.user_id
    with pytest.raises(NotFound):
        world.ask(caller=Caller("bob"), user_id="bob")


@pytest.mark.parametrize("caller", [STAFF, ADMIN])
def test_what_staff_say_teaches_nothing_about_the_supporter(world: World, caller: Caller) -> None:
    world.profiles.contexts["ada"].append(a_context(1))
    learned = Learned(("gambling",), ("gamble",), ("gambles",))

    assert world.ask(FakeAuthor(replying(learned=learned)), caller=caller).context_version == 2

    assert world.memory.latest_context("ada") == replace(a_context(1), version=2, updated_at=NOW)


def test_staff_who_are_supporters_teach_us_about_themselves() -> None:
    world = World(replace(consenting(PERSONALISATION), user_id="staff-1"))

    world.ask(FakeAuthor(replying(learned=Learned(("running",)))), caller=STAFF, user_id="staff-1")

    assert world.memory.latest_context("staff-1").interests == ("running",)


def test_turns_of_staff_about_one_supporter_do_not_reach_prompts_about_another(world: World) -> None:
    author = FakeAuthor()

    for user_id in ("ada", "bob", "ada"):
        world.ask(author, caller=STAFF, user_id=user_id)

    turn = Turn("What did I give?", "You gave GBP 10.")
    assert [prompt.turns for prompt in author.prompts] == [(), (), (turn,)]


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


@pytest.mark.parametrize("user_id", ["ada", "bob"])
def test_session_of_a_supporter_is_not_open_to_staff(world: World, user_id: str) -> None:
    world.took("main", "bob")

    with pytest.raises(NotFound):
        world.ask(caller=STAFF, user_id=user_id)


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


def test_session_is_remembered_however_much_was_said_in_others(world: World) -> None:
    author = FakeAuthor()

    world.ask(author, session_id="one")
    for _ in range(30):
        world.ask(author, session_id="two")
    world.ask(author, session_id="one")

    assert author.prompts[-1].turns == (Turn("What did I give?", "You gave GBP 10."),)


# --- Requests that come twice

CLAIM = Claim("ada's key", "what she asked")


def test_claim_is_recorded_with_the_answer(world: World) -> None:
    answer = world.ask(claim=CLAIM)

    first = world.memory.first_answers.find(CLAIM.record_id, NOW)
    assert first
    assert first.body == encode(answer)


def test_model_is_not_called_again_under_a_claim_that_was_answered(world: World) -> None:
    world.ask(claim=CLAIM)
    author, before = FakeAuthor(), world.written()

    with pytest.raises(KeyInUse):
        world.ask(author, claim=CLAIM)

    assert author.prompts == []
    assert world.written() == before


def test_of_two_turns_at_once_under_one_claim_one_is_written(world: World) -> None:
    def ask_too() -> None:
        world.ask(claim=CLAIM)

    with pytest.raises(KeyInUse):
        world.ask(FakeAuthor(meanwhile=ask_too), claim=CLAIM)

    assert len(world.memory.interactions) == 1
    assert [context.version for context in world.profiles.contexts["ada"]] == [1]


def test_turn_that_was_refused_leaves_its_claim_free(world: World) -> None:
    world.took("main", "bob")
    with pytest.raises(NotFound):
        world.ask(claim=CLAIM)

    assert world.ask(session_id="other", claim=CLAIM).context_version == 1
