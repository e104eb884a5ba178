"""How whoever remembers conversations must write them down, in memory and in DynamoDB."""

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pynamodb.exceptions import CancellationReason, VerboseClientError

from personalization.agent.domain.conversation import SESSION_LIFE, Interaction, Turn
from personalization.agent.domain.facts import Fact
from personalization.memory.domain.context import SupporterContext
from shared.dynamodb import transactions
from shared.errors import NotFound, Unavailable, VersionConflict
from shared.idempotency.claims import Claim, KeyInUse
from shared.models.model import Usage
from shared.persistence.unit_of_work import WriteRefused
from tests.personalization.agent.contracts.remembering import recalled, record
from tests.personalization.examples import NOW, a_context, a_supporter, an_interaction, session_after
from tests.personalization.stores import DynamoStore, MemoryStore, Store
from tests.shared.dynamodb.dynamodb_calls import calls_through, cost_of

SECOND = timedelta(seconds=1)


class RecordingContract:
    @pytest.mark.parametrize(
        "changes",
        [
            {},
            {"basis": ()},
            {"input": "\u200b 👩‍👩‍👧 \n\t‮", "content": "山田 𝔘 \u2028"},
            {"input": "x" * 8000, "content": "y" * 20_000, "basis": (Fact("remembered", "z" * 4000),)},
            {"usage": Usage(0, 0)},
            {"usage": Usage(10**9, 10**9)},
        ],
        ids=["ordinary", "no basis", "strange characters", "long", "free", "large"],
    )
    def test_turn_is_kept_as_it_was(self, store: Store, changes: Mapping[str, Any]) -> None:
        interaction = replace(an_interaction(1), **changes)

        record(store, interaction)

        assert store.interactions("ada") == [interaction]
        assert store.memory.latest_context("ada") == a_context(1)

    def test_turn_is_kept_with_whoever_requested_it(self, store: Store) -> None:
        interaction = replace(an_interaction(1), requested_by="staff-1")

        record(store, interaction)

        assert store.interactions("ada") == [interaction]

    def test_turn_under_a_claim_that_was_answered_is_refused_and_nothing_is_written(self, store: Store) -> None:
        first, second = an_interaction(1), an_interaction(2)
        answer = Claim("record-1", "hash").answered({"content": "Hello"}, NOW)
        store.memory.record(first, a_context(1), session_after(first), NOW, answer)

        for version in (1, 2):  # the claim goes before the version
            with pytest.raises(KeyInUse):
                store.memory.record(second, a_context(version), session_after(second), NOW, answer)

        assert store.interactions("ada") == [first]
        kept = store.first_answers.find("record-1", NOW)
        assert kept
        assert (kept.request_hash, kept.body) == (answer.request_hash, answer.body)

    def test_context_in_which_nothing_was_learned_is_kept_too(self, store: Store) -> None:
        turn, empty = an_interaction(1), SupporterContext(version=1, updated_at=NOW)

        store.memory.record(turn, empty, session_after(turn), NOW)

        assert store.memory.latest_context("ada") == empty

    def test_version_that_is_there_already_is_refused_and_nothing_is_written(self, store: Store) -> None:
        store.keep(a_supporter())
        record(store, an_interaction(1))
        late = replace(an_interaction(2, session_id="other"), context_version=1)

        with pytest.raises(VersionConflict):
            store.memory.record(
                late, replace(a_context(1), facts=("overwritten",)), session_after(late), late.occurred_at
            )

        assert store.interactions("ada") == [an_interaction(1)]
        assert store.memory.latest_context("ada") == a_context(1)
        assert recalled(store, session_id="other").session is None

    def test_refused_version_does_not_prolong_the_session(self, store: Store) -> None:
        store.keep(a_supporter())
        record(store, an_interaction(1))
        late = replace(an_interaction(2), occurred_at=NOW + SESSION_LIFE / 2, context_version=1)

        with pytest.raises(VersionConflict):
            record(store, late)

        assert recalled(store, now=NOW + SESSION_LIFE + SECOND).session is None

    def test_session_of_another_is_not_found_and_nothing_is_written(self, store: Store) -> None:
        store.keep(a_supporter("bob"))
        record(store, an_interaction(1, "ada"))

        with pytest.raises(NotFound):
            record(store, an_interaction(1, "bob"))

        assert store.interactions("bob") == []
        assert store.memory.latest_context("bob") == SupporterContext()
        session = recalled(store, "bob").session
        assert session
        assert session.user_id == "ada"

    def test_session_of_another_is_not_found_whatever_the_version(self, store: Store) -> None:
        record(store, an_interaction(1, "ada"), an_interaction(1, "bob", "session-of-bob"))

        with pytest.raises(NotFound):
            record(store, an_interaction(1, "bob"))

    def test_expired_session_can_be_taken_by_another_and_is_theirs_from_then_on(self, store: Store) -> None:
        record(store, an_interaction(1, "ada"))
        later = NOW + SESSION_LIFE + 2 * SECOND
        taken = replace(an_interaction(1, "bob"), occurred_at=later)

        record(store, taken)

        assert store.interactions("bob") == [taken]
        with pytest.raises(NotFound):
            record(store, replace(an_interaction(2, "ada"), occurred_at=later + SECOND))

    def test_expired_session_can_be_taken_up_by_its_owner(self, store: Store) -> None:
        store.keep(a_supporter())
        later = NOW + SESSION_LIFE * 24
        record(store, an_interaction(1), replace(an_interaction(2), occurred_at=later))

        assert recalled(store, now=later).session

    @pytest.mark.parametrize("threads", [2, 6])
    def test_only_one_of_several_turns_at_once_gets_a_version(self, store: Store, threads: int) -> None:
        rivals = [replace(an_interaction(number), context_version=1) for number in range(1, threads + 1)]

        failures = at_once(*(lambda turn=rival: record(store, turn) for rival in rivals))

        assert failures == [VersionConflict] * (threads - 1)
        [winner] = store.interactions("ada")
        assert winner in rivals
        assert store.memory.latest_context("ada") == a_context(1)

    def test_only_one_of_two_supporters_at_once_gets_a_session(self, store: Store) -> None:
        users = ["ada", "bob"]

        failures = at_once(*(lambda user=user_id: record(store, an_interaction(1, user)) for user_id in users))

        assert len(failures) == 1
        assert failures[0] in {NotFound, VersionConflict}
        assert len(store.interactions("ada") + store.interactions("bob")) == 1

    def test_supporters_at_once_do_not_get_into_each_others_way(self, store: Store) -> None:
        turns = [an_interaction(1, f"user-{number}", f"session-{number}") for number in range(6)]

        assert at_once(*(lambda turn=turn: record(store, turn) for turn in turns)) == []
        assert [store.interactions(turn.user_id) for turn in turns] == [[turn] for turn in turns]

    # --- Turns that take part in another's transaction

    def test_turn_is_written_with_whatever_else_the_transaction_does(self, store: Store) -> None:
        store.keep(a_supporter())
        turn = an_interaction(1)

        add(store, turn, a_context(1))

        assert store.interactions("ada") == [turn]
        assert store.memory.latest_context("ada") == a_context(1)
        assert recalled(store).session

    def test_turn_that_taught_nothing_makes_no_version(self, store: Store) -> None:
        store.keep(a_supporter())
        turn = replace(an_interaction(1), content="answ", basis=(), usage=None, status="stopped")

        add(store, turn, None)

        assert store.interactions("ada") == [turn]
        assert store.memory.latest_context("ada") == SupporterContext()
        assert recalled(store).turns == (Turn("question 1", "answ"),)

    def test_what_refuses_a_turn_is_named_and_nothing_is_written(self, store: Store) -> None:
        record(store, an_interaction(1), an_interaction(1, "bob", "session-of-bob"))
        late = replace(an_interaction(2), context_version=1)
        with pytest.raises(WriteRefused) as moved:
            add(store, late, a_context(1))
        with pytest.raises(WriteRefused) as taken:
            add(store, an_interaction(2, "bob"), a_context(2))
        with pytest.raises(WriteRefused) as again:
            add(store, an_interaction(1), a_context(2))

        refused = [error.value.refused for error in (moved, taken, again)]
        assert refused == [{"context"}, {"session"}, {"interaction"}]
        assert store.interactions("ada") == [an_interaction(1)]
        assert store.memory.latest_context("ada") == a_context(1)


class TestFakeMemory(RecordingContract):
    @pytest.fixture
    def store(self) -> Store:
        return MemoryStore()


@pytest.mark.emulator
@pytest.mark.xdist_group("emulator")
class TestDynamoMemory(RecordingContract):
    @pytest.fixture
    def store(self, dynamo: DynamoStore) -> Store:
        return dynamo

    def test_recording_is_one_transaction(self, store: Store) -> None:
        assert cost_of(lambda: begin(store, an_interaction(1))).calls == ["TransactWriteItems"]


@pytest.mark.emulator
@pytest.mark.xdist_group("emulator")
@pytest.mark.parametrize("code", ["ThrottlingError", "ProvisionedThroughputExceeded"])
def test_transaction_that_is_throttled_is_unavailable(
    dynamo: DynamoStore, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    def cancel(*_: object) -> dict[str, Any]:
        error = {"Error": {"Code": "TransactionCanceledException", "Message": "slow down"}}
        raise VerboseClientError(
            error, "TransactWriteItems", cancellation_reasons=[CancellationReason(code), None, None, None, None]
        )

    monkeypatch.setattr(transactions, "_FIRST_WAIT_SECONDS", 0.0)
    with calls_through(cancel), pytest.raises(Unavailable):
        begin(dynamo, an_interaction(1))


def at_once(*tasks: Callable[[], None]) -> list[type[BaseException]]:
    """How those of the tasks failed that did."""
    together = threading.Barrier(len(tasks))

    def start(task: Callable[[], None]) -> None:
        together.wait(timeout=60)
        task()

    with ThreadPoolExecutor(len(tasks)) as pool:
        running: Sequence[Future[None]] = [pool.submit(start, task) for task in tasks]
    return [type(error) for each in running if (error := each.exception())]


def begin(store: Store, interaction: Interaction) -> None:
    """Record a turn that begins its session."""
    context, session = a_context(interaction.context_version), session_after(interaction)
    store.memory.record(interaction, context, session, interaction.occurred_at)


def add(store: Store, interaction: Interaction, context: SupporterContext | None) -> None:
    """In a transaction that somebody else commits."""
    transaction = store.transaction()
    session, now = session_after(interaction), interaction.occurred_at
    store.memory.add_turn(transaction, interaction, context, session, now)
    transaction.commit()
