"""What whoever remembers conversations must know of them, in memory and in DynamoDB."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from personalization.agent.adapters.memory import DynamoMemory
from personalization.agent.domain.conversation import SESSION_LIFE, Standing, Turn
from personalization.memory.domain.context import SupporterContext
from shared.errors import Unavailable
from shared.idempotency.claims import Claim
from tests.personalization.agent.contracts.remembering import question_of, recalled, record
from tests.personalization.examples import NOW, a_context, a_supporter, an_interaction, donation, session_after
from tests.personalization.stores import DynamoStore, MemoryStore, Store
from tests.shared.dynamodb.dynamodb_calls import Call, calls_through, cost_of

SECOND = timedelta(seconds=1)


class RecallingContract:
    def test_nobody_is_remembered_as_nobody(self, store: Store) -> None:
        assert store.memory.recall(question_of("nobody"), NOW) is None

    def test_what_others_left_behind_makes_no_supporter(self, store: Store) -> None:
        store.give(donation(1, "ghost"))
        record(store, an_interaction(1, "ghost"))

        assert store.memory.recall(question_of("ghost"), NOW) is None

    def test_newcomer_has_no_past(self, store: Store) -> None:
        store.keep(a_supporter())

        recollection = recalled(store)

        assert recollection.supporter == a_supporter()
        assert recollection.donations.items == ()
        assert recollection.context == SupporterContext()
        assert recollection.session is None
        assert recollection.turns == ()

    def test_profile_is_recalled_as_whoever_reads_profiles_finds_it(self, store: Store) -> None:
        store.keep(a_supporter())
        store.give(*(donation(number) for number in range(22)))
        store.learn("ada", a_context(1), a_context(2))

        recollection, profile = recalled(store), store.profiles.find("ada", anonymous=False)

        assert profile
        assert recollection.supporter == profile.supporter
        assert recollection.donations == profile.donations
        assert recollection.context == profile.context

    def test_anonymous_gifts_are_not_recalled_whoever_asks(self, store: Store) -> None:
        store.keep(a_supporter())
        store.give(donation(1), donation(3))
        assert donation(3).anonymous

        donations = recalled(store).donations

        assert (donations.items, donations.totals) == ((donation(1),), (donation(1).amount,))

    def test_turns_come_back_oldest_first(self, store: Store) -> None:
        store.keep(a_supporter())
        record(store, *(an_interaction(number) for number in (1, 2, 3)))

        assert recalled(store).turns == tuple(Turn(f"question {n}", f"answer {n}") for n in (1, 2, 3))

    def test_turns_of_one_moment_come_back_in_the_order_of_their_ids(self, store: Store) -> None:
        store.keep(a_supporter())
        turns = [replace(an_interaction(number), occurred_at=NOW) for number in (1, 2, 3)]
        record(store, *turns)

        in_order = sorted(turns, key=lambda each: each.interaction_id)
        assert [turn.input for turn in recalled(store).turns] == [each.input for each in in_order]

    @pytest.mark.parametrize("count", [24, 25, 26])
    def test_fifty_messages_come_back(self, store: Store, count: int) -> None:
        store.keep(a_supporter())
        record(store, *(an_interaction(number) for number in range(1, count + 1)))

        newest = [f"question {number}" for number in range(1, count + 1)][-25:]
        assert [turn.input for turn in recalled(store).turns] == newest

    def test_turns_come_back_however_many_there_are_in_other_sessions(self, store: Store) -> None:
        store.keep(a_supporter())
        record(store, *(an_interaction(number) for number in (1, 2)))
        record(store, *(an_interaction(number, session_id="other") for number in range(3, 30)))

        assert [turn.input for turn in recalled(store).turns] == ["question 1", "question 2"]

    def test_expired_session_begins_anew_without_its_old_turns(self, store: Store) -> None:
        store.keep(a_supporter())
        later = NOW + SESSION_LIFE + 2 * SECOND
        record(store, an_interaction(1))
        assert recalled(store, now=later).turns == ()

        record(store, replace(an_interaction(2), occurred_at=later))

        assert [turn.input for turn in recalled(store, now=later).turns] == ["question 2"]

    def test_long_session_keeps_its_first_turns(self, store: Store) -> None:
        store.keep(a_supporter())
        times = [NOW + SESSION_LIFE * 0.9 * number for number in range(5)]
        record(store, *(replace(an_interaction(n), occurred_at=time) for n, time in enumerate(times, 1)))

        assert len(recalled(store, now=times[-1]).turns) == 5

    def test_turns_that_begin_a_session_together_are_all_its_turns(self, store: Store) -> None:
        store.keep(a_supporter())
        for number in (2, 1):
            turn = an_interaction(number)
            store.memory.record(turn, a_context(number), session_after(turn), turn.occurred_at)

        assert [turn.input for turn in recalled(store).turns] == ["question 1", "question 2"]

    def test_claim_that_was_answered_is_recalled(self, store: Store) -> None:
        store.keep(a_supporter())
        turn, claim = an_interaction(1), Claim("record-1", "hash")
        answer = claim.answered({"content": "Hello"}, NOW)
        store.memory.record(turn, a_context(1), session_after(turn), NOW, answer)

        assert recalled(store, claim=claim).is_answered
        assert not recalled(store, claim=Claim("record-2", "hash")).is_answered
        assert not recalled(store, claim=claim, now=answer.expires_at).is_answered
        assert not recalled(store).is_answered

    def test_turns_of_other_sessions_stay_there(self, store: Store) -> None:
        store.keep(a_supporter())
        sessions = ["main", "mai", "Main", "main"]
        record(store, *(an_interaction(n, session_id=session) for n, session in enumerate(sessions, 1)))

        assert [turn.input for turn in recalled(store).turns] == ["question 1", "question 4"]
        assert recalled(store, session_id="new").turns == ()

    def test_turns_of_others_stay_with_them(self, store: Store) -> None:
        for user_id in ("ada", "ad", "ada1"):
            store.keep(a_supporter(user_id))
        record(store, an_interaction(1, "ad", "session-of-ad"), an_interaction(1, "ada1", "session-of-ada1"))

        assert recalled(store, "ada", "session-of-ad").turns == ()
        assert recalled(store, "ada").context == SupporterContext()

    def test_session_of_another_is_recalled_with_its_owner(self, store: Store) -> None:
        store.keep(a_supporter("ada"))
        record(store, an_interaction(1, "bob"))

        session = recalled(store, "ada").session

        assert session
        assert session.user_id == "bob"

    def test_session_is_gone_from_the_second_it_expires(self, store: Store) -> None:
        store.keep(a_supporter())
        start = NOW.replace(microsecond=0)
        record(store, replace(an_interaction(1), occurred_at=start))

        assert recalled(store, now=start + SESSION_LIFE - SECOND).session
        assert recalled(store, now=start + SESSION_LIFE).session is None

    def test_every_turn_prolongs_its_session(self, store: Store) -> None:
        store.keep(a_supporter())
        half = SESSION_LIFE / 2
        record(store, an_interaction(1), replace(an_interaction(2), occurred_at=NOW + half))

        assert recalled(store, now=NOW + SESSION_LIFE).session
        assert recalled(store, now=NOW + SESSION_LIFE + half + SECOND).session is None

    def test_whoever_has_not_talked_with_us_has_the_empty_context(self, store: Store) -> None:
        assert store.memory.latest_context("ada") == SupporterContext()

    def test_latest_context_is_the_one_of_the_highest_version(self, store: Store) -> None:
        store.learn("ada", *(a_context(version) for version in (1, 2, 9, 10, 11)))
        store.learn("bob", a_context(12))

        assert store.memory.latest_context("ada") == a_context(11)

    def test_standing_tells_supporters_from_others_and_whose_the_session_is(self, store: Store) -> None:
        store.keep(a_supporter())
        record(store, an_interaction(1, "bob"))
        theirs = session_after(an_interaction(1, "bob"))

        found = store.memory.standing("ada", "main", NOW)
        assert found.is_supporter
        assert found.session
        assert replace(found.session, expires_at=theirs.expires_at) == theirs
        assert store.memory.standing("ada", "new", NOW) == Standing(True, None)
        assert store.memory.standing("nobody", "main", NOW + SESSION_LIFE + 2 * SECOND) == Standing(False, None)


class TestFakeMemory(RecallingContract):
    @pytest.fixture
    def store(self) -> Store:
        return MemoryStore()


@pytest.mark.emulator
@pytest.mark.xdist_group("emulator")
class TestDynamoMemory(RecallingContract):
    @pytest.fixture
    def store(self, dynamo: DynamoStore) -> Store:
        return dynamo

    @pytest.mark.parametrize("count", [0, 1, 30, 45])
    def test_recalling_costs_two_gets_and_four_queries_whatever_the_history(self, store: Store, count: int) -> None:
        store.keep(a_supporter())
        store.give(*(donation(number) for number in range(count)))
        record(store, *(an_interaction(number) for number in range(1, count + 1)))

        cost = cost_of(lambda: recalled(store))

        assert sorted(cost.calls) == ["GetItem"] * 2 + ["Query"] * 4
        claim = Claim("record-1", "hash")
        assert sorted(cost_of(lambda: recalled(store, claim=claim)).calls) == ["GetItem"] * 3 + ["Query"] * 4

    def test_recalling_costs_no_more_rows_however_long_the_history(self, store: Store) -> None:
        store.keep(a_supporter())
        store.give(*(donation(number) for number in range(45)))
        record(store, *(an_interaction(number) for number in range(1, 30)))

        # The supporter, the session, 20 donations, two totals, the row that tells of more, one context, 25 turns.
        assert cost_of(lambda: recalled(store)).rows == 1 + 1 + 23 + 1 + 25

    @pytest.mark.parametrize("user_id", ["ada", "nobody"])
    def test_recalling_is_one_round(self, store: Store, user_id: str) -> None:
        store.keep(a_supporter())
        all_seven_are_under_way = threading.Barrier(7)

        def wait(call: Call, *_: object) -> dict[str, Any]:
            all_seven_are_under_way.wait(timeout=60)
            return call()

        with calls_through(wait):
            recollection = store.memory.recall(question_of(user_id), NOW, Claim("record-1", "hash"))

        assert (recollection is not None) == (user_id == "ada")

    def test_standing_is_two_gets(self, store: Store) -> None:
        assert cost_of(lambda: store.memory.standing("ada", "main", NOW)).calls == ["GetItem"] * 2

    def test_finding_the_latest_context_is_one_query_of_one_row(self, store: Store) -> None:
        store.learn("ada", *(a_context(version) for version in range(1, 20)))

        cost = cost_of(lambda: store.memory.latest_context("ada"))

        assert (cost.calls, cost.rows) == (["Query"], 1)

    def test_recollections_at_once_do_not_mix(self, store: Store) -> None:
        users = [f"user-{number}" for number in range(8)]
        for user_id in users:
            store.keep(a_supporter(user_id))
            record(store, replace(an_interaction(1, user_id, f"session-{user_id}"), input=user_id))

        with ThreadPoolExecutor(4) as pool:
            recollections = list(pool.map(lambda user_id: recalled(store, user_id, f"session-{user_id}"), users))

        assert [each.supporter.user_id for each in recollections] == users
        assert [[turn.input for turn in each.turns] for each in recollections] == [[user_id] for user_id in users]


@pytest.mark.usefixtures("out_of_reach")
def test_memory_out_of_reach_is_unavailable() -> None:
    turn = an_interaction(1)
    memory = DynamoMemory(*(f"unreachable-{table}" for table in ("u", "d", "c", "s", "i", "n", "f")))
    with pytest.raises(Unavailable):
        memory.recall(question_of(), NOW)
    with pytest.raises(Unavailable):
        memory.record(turn, a_context(1), session_after(turn), NOW)
    with pytest.raises(Unavailable):
        memory.latest_context("ada")
