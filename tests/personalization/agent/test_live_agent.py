from collections.abc import Callable, Generator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personalization.agent.domain.agent import Prompt, Reply
from personalization.agent.domain.conversation import SESSION_LIFE, Interaction, Question, Session, Turn
from personalization.agent.domain.facts import Fact
from personalization.agent.domain.live_agent import AgentAnswerer
from personalization.agent.domain.starting import AgentRunService
from personalization.memory.domain.learning import Learned
from personalization.supporters.domain.consent import PERSONALISATION
from personalization.supporters.domain.supporter import Supporter
from shared.auth.callers import Caller
from shared.errors import NotFound
from shared.models.model import ModelBusy, StreamBroken
from shared.resilience.deadline import Deadline
from shared.runs.run import Accepted, Ending, Frame, Outcome, Run, queued_run, text_of
from shared.runs.service import RunService
from shared.runs.starting import RunStarter
from shared.runs.worker import Worker
from tests.personalization.agent.fake_author import USAGE, FakeAuthor, replying
from tests.personalization.examples import a_context, a_supporter, an_interaction, consenting
from tests.personalization.fakes import FakeMemory, FakePages, FakeProfiles, FakeSupporters
from tests.shared.first_answers import FakeRecords
from tests.shared.persistence.fake_transactions import FakeTransaction
from tests.shared.runs.fake_runs import NOW, FakeClock, FakeLog, FakeQueue, FakeSender, answered_by

LEARNED = Learned(interests=("running",))


class CommittingLog(FakeLog):
    """Commits what the context adds to a run's end."""

    def end(self, run: Run, frame: Frame, ending: Ending, *, only_overdue_at: datetime | None = None) -> None:
        transaction = FakeTransaction()
        ending.write(transaction)
        committing = Ending(ending.extra, lambda _: transaction.commit())
        super().end(run, frame, committing, only_overdue_at=only_overdue_at)


class World:
    """Ada, who lets us learn, and Bob; a log of runs, and somebody who works on them."""

    def __init__(self, ada: Supporter | None = None) -> None:
        self.profiles = FakeProfiles(FakeSupporters(ada or consenting(PERSONALISATION), a_supporter("bob")))
        self.memory = FakeMemory(self.profiles)
        self.log, self.sender, self.clock = CommittingLog(), FakeSender(), FakeClock()
        self.runs = 0

    def run(self, session_id: str = "main", user_id: str = "ada") -> Run:
        self.runs += 1
        run = queued_run(
            run_id=f"run-{self.runs}",
            kind="agent",
            user_id=user_id,
            subject=user_id,
            session_id=session_id,
            request={"input": "What did I give?"},
            now=self.clock.now(),
        )
        self.log.create(run, lambda _: None)
        return run

    def answerer(self, author: FakeAuthor | None = None) -> AgentAnswerer:
        return AgentAnswerer(self.memory, FakePages(), lambda: author or FakeAuthor(), self.clock.now, UTC)

    def work(self, run: Run, author: FakeAuthor | None = None) -> Outcome | None:
        answerers = answered_by(self.answerer(author))
        worker = Worker(log=self.log, answerers=answerers, sender=self.sender, clock=self.clock)
        return worker.work(run.run_id, "me")

    def stop(self, run: Run) -> None:
        """As another process does, which has heard nothing of the answer."""
        answerers = answered_by(self.answerer())
        RunService(log=self.log, enders=answerers, sender=self.sender, clock=self.clock).stop(run)

    def frames(self, run: Run) -> tuple[Frame, ...]:
        return self.log.frames(run.run_id, 0, NOW)

    def took(self, session_id: str, user_id: str) -> None:
        self.memory.sessions[session_id] = Session.as_of(session_id, user_id, self.clock.now())


@pytest.fixture
def world() -> World:
    return World()


# --- An answer


def test_answer_is_said_piece_by_piece_and_ends_with_what_it_rests_on(world: World) -> None:
    run = world.run()

    assert world.work(run, FakeAuthor(replying("name"))) == "done"

    *_, end = frames = world.frames(run)
    assert text_of(frames) == "You gave GBP 10."
    assert end.message == {
        "type": "done",
        "runId": run.run_id,
        "seq": len(frames),
        "interactionId": run.run_id,
        "contextVersion": 1,
        "cutShort": False,
        "usage": {"inputTokens": 210, "outputTokens": 45},
        "basis": [{"fact": "name", "value": "Zoë 山田"}],
        "sources": [],
    }


def test_turn_is_recorded_with_the_runs_end(world: World) -> None:
    run = world.run()

    world.work(run, FakeAuthor(replying("name", learned=LEARNED)))

    basis = (Fact("name", "Zoë 山田"),)
    assert world.memory.interactions == [
        Interaction(
            interaction_id=run.run_id,
            user_id="ada",
            requested_by="ada",
            session_id="main",
            occurred_at=NOW,
            input="What did I give?",
            content="You gave GBP 10.",
            basis=basis,
            context_version=1,
            usage=USAGE,
        )
    ]
    assert world.memory.latest_context("ada").interests == ("running",)
    assert world.memory.sessions == {"main": Session.as_of("main", "ada", NOW)}


def test_end_tells_that_there_was_more_to_say(world: World) -> None:
    run = world.run()

    world.work(run, FakeAuthor(replace(replying(), is_cut_short=True)))

    assert world.frames(run)[-1].fields["cutShort"] is True


def test_next_turn_is_reminded_of_the_last(world: World) -> None:
    author = FakeAuthor()

    world.work(world.run(), author)
    world.work(world.run(), author)

    assert [prompt.turns for prompt in author.prompts] == [(), (Turn("What did I give?", "You gave GBP 10."),)]


def test_turn_that_is_delivered_again_is_written_once(world: World) -> None:
    run = world.run()

    assert [world.work(run), world.work(run)] == ["done", None]

    assert len(world.memory.interactions) == 1
    assert world.memory.latest_context("ada").version == 1


def test_without_consent_nothing_is_learned() -> None:
    world = World(consenting())

    world.work(world.run(), FakeAuthor(replying(learned=LEARNED)))

    context = world.memory.latest_context("ada")
    assert (context.version, context.interests) == (1, ())


def test_stream_is_closed_when_nobody_wants_more(world: World) -> None:
    author = FakeAuthor()
    pieces = world.answerer(author).pieces(world.run())
    next(pieces)

    pieces.close()  # type: ignore[attr-defined]  # it is a generator

    assert not author.is_speaking


# --- Turns at the same time


def test_turn_that_others_overtake_is_built_on_theirs(world: World) -> None:
    run = world.run()
    learn = FakeAuthor(replying(learned=LEARNED), meanwhile=lambda: world.profiles.contexts["ada"].append(a_context(1)))

    assert world.work(run, learn) == "done"

    assert world.frames(run)[-1].fields["contextVersion"] == 2
    assert world.memory.latest_context("ada").interests == ("clean water", "running")
    assert [each.context_version for each in world.memory.interactions] == [2]
    assert len(learn.prompts) == 1


@given(st.integers(2, 5))
def test_turns_within_turns_get_versions_of_their_own_and_lose_nothing(count: int) -> None:
    world = World()

    def turn(number: int) -> None:
        meanwhile: Callable[[], object] = (lambda: turn(number + 1)) if number < count else (lambda: None)
        lesson = Learned(interests=(f"interest {number}",))
        assert world.work(world.run(), FakeAuthor(replying(learned=lesson), meanwhile)) == "done"

    turn(1)

    assert sorted(each.context_version for each in world.memory.interactions) == list(range(1, count + 1))
    assert set(world.memory.latest_context("ada").interests) == {f"interest {n}" for n in range(1, count + 1)}


def test_session_that_another_takes_meanwhile_fails_the_turn_and_stays_theirs(world: World) -> None:
    run = world.run()

    assert world.work(run, FakeAuthor(meanwhile=lambda: world.took("main", "bob"))) == "failed"

    assert world.frames(run)[-1].fields["detail"] == "There is no such session."
    assert world.memory.sessions["main"].user_id == "bob"
    [interaction] = world.memory.interactions
    assert (interaction.user_id, interaction.status) == ("ada", "failed")
    assert world.memory.latest_context("ada").version == 0


# --- Turns that do not come to their end


def fails(error: Exception) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


def test_failed_turn_keeps_what_was_shown_and_teaches_nothing(world: World) -> None:
    world.profiles.contexts["ada"].append(a_context(1))
    run = world.run()

    assert world.work(run, FakeAuthor(replying(learned=LEARNED), fails(StreamBroken()))) == "failed"

    assert world.memory.interactions == [
        Interaction(
            interaction_id=run.run_id,
            user_id="ada",
            requested_by="ada",
            session_id="main",
            occurred_at=NOW,
            input="What did I give?",
            content="You",
            basis=(),
            context_version=1,
            usage=None,
            status="failed",
        )
    ]
    assert world.memory.latest_context("ada") == a_context(1)
    assert "broke off" in str(world.frames(run)[-1].fields["detail"])


def test_stopped_turn_keeps_what_was_shown_and_teaches_nothing(world: World) -> None:
    run = world.run()
    world.log.take(run.run_id, "somebody", NOW)
    world.log.append(Frame(run.run_id, 1, "delta", {"text": "You gave"}), NOW)

    world.stop(run)

    [interaction] = world.memory.interactions
    assert (interaction.content, interaction.status, interaction.usage) == ("You gave", "stopped", None)
    assert world.memory.latest_context("ada").version == 0
    assert world.memory.sessions["main"].user_id == "ada"


def test_turn_that_is_stopped_while_it_is_said_is_written_once(world: World) -> None:
    run = world.run()

    assert world.work(run, FakeAuthor(meanwhile=lambda: world.stop(run))) == "stopped"

    assert [each.status for each in world.memory.interactions] == ["stopped"]
    assert world.frames(run)[-1].type == "stopped"


def test_turn_of_which_nothing_was_shown_is_kept_as_failed(world: World) -> None:
    class Mute(FakeAuthor):
        def speak(self, prompt: Prompt, deadline: Deadline) -> Generator[str | Reply]:
            raise ModelBusy
            yield from super().speak(prompt, deadline)

    author = Mute()
    run = world.run()

    assert world.work(run, author) == "failed"

    [interaction] = world.memory.interactions
    assert (interaction.content, interaction.status) == ("", "failed")


@pytest.mark.parametrize("user_id", ["bob", "nobody"])
def test_session_or_supporter_that_is_gone_by_now_fails_the_run(world: World, user_id: str) -> None:
    world.took("main", "ada")
    author, run = FakeAuthor(), world.run(user_id=user_id)

    assert world.work(run, author) == "failed"

    assert author.prompts == []
    assert world.memory.sessions["main"].user_id == "ada"


# --- Who may ask


def start(world: World, caller: Caller, question: Question) -> Accepted:
    starter, records, ids = RunStarter(world.log, FakeQueue()), FakeRecords(), iter(["run-1", "run-2"])
    service = AgentRunService(standings=world.memory, starter=starter, records=records, new_id=lambda _: next(ids))
    return service.start(caller, question, None, world.clock.now())


def test_supporters_ask_for_themselves(world: World) -> None:
    world.took("main", "ada")

    assert start(world, Caller("ada"), Question("ada", "main", "Hello", "ada")) == Accepted("run-1", "main")
    assert start(world, Caller("ada"), Question("ada", "new", "Hello", "ada")) == Accepted("run-1", "new")
    assert world.log.runs["run-1"].request == {"input": "Hello"}


@pytest.mark.parametrize(
    ("caller", "question"),
    [
        (Caller("ada"), Question("bob", "new", "Hello", "ada")),
        (Caller("ada"), Question("nobody", "new", "Hello", "ada")),
        (Caller("nobody"), Question("nobody", "new", "Hello", "nobody")),
        (Caller("bob"), Question("bob", "main", "Hello", "bob")),
        (Caller("staff-1", frozenset({"staff"})), Question("ada", "main", "Hello", "staff-1")),
        (Caller("staff-1", frozenset({"staff"})), Question("bob", "main", "Hello", "staff-1")),
    ],
    ids=["for another", "for nobody", "nobody", "in another's session", "as staff", "in the session of a third"],
)
def test_nobody_else_is_let_in(world: World, caller: Caller, question: Question) -> None:
    world.took("main", "ada")

    with pytest.raises(NotFound):
        start(world, caller, question)

    assert world.log.runs == {}


def test_expired_session_is_free_again(world: World) -> None:
    world.memory.sessions["main"] = Session("main", "ada", NOW - SESSION_LIFE, NOW)

    assert start(world, Caller("bob"), Question("bob", "main", "Hello", "bob")).session_id == "main"


def test_turn_of_a_stopped_run_is_remembered_as_it_was_shown(world: World) -> None:
    stopped = replace(an_interaction(1), content="You gave", status="stopped", occurred_at=NOW - timedelta(minutes=1))
    world.memory.interactions.append(stopped)
    world.took("main", "ada")
    author = FakeAuthor()

    world.work(world.run(), author)

    assert author.prompts[0].turns == (Turn("question 1", "You gave"),)


# --- Of a conversation that is deleted meanwhile


@pytest.mark.parametrize("session_id", ["main", None])
def test_answer_of_a_deleted_conversation_is_not_kept(world: World, session_id: str | None) -> None:
    run = world.run()

    def delete() -> None:
        world.memory.deletions["ada", session_id] = world.clock.now()

    assert world.work(run, FakeAuthor(replying(learned=LEARNED), meanwhile=delete)) == "failed"

    assert world.memory.interactions == []
    assert world.memory.latest_context("ada").version == 0
    assert world.frames(run)[-1].fields["detail"] == "You have deleted this conversation."


def test_stopped_answer_of_a_deleted_conversation_is_not_kept(world: World) -> None:
    run = world.run()
    world.memory.deletions["ada", "main"] = world.clock.now()

    world.stop(run)

    assert world.memory.interactions == []
    assert world.frames(run)[-1].type == "stopped"
