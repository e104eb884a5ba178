"""What whoever lists and deletes conversations must do, in memory and in DynamoDB."""

from dataclasses import replace
from datetime import timedelta

import pytest

from personalization.agent.domain.conversation import Conversation, Interaction
from personalization.agent.domain.conversations import DELETION_LIFE, TurnKey
from shared.errors import NotFound
from shared.persistence.unit_of_work import WriteRefused
from tests.personalization.agent.contracts.remembering import recalled, record
from tests.personalization.examples import NOW, a_context, a_supporter, an_interaction, session_after
from tests.personalization.stores import DynamoStore, MemoryStore, Store
from tests.shared.dynamodb.dynamodb_calls import cost_of

MINUTE = timedelta(minutes=1)
LATER = NOW + 10 * MINUTE


def sessions(store: Store, user_id: str = "ada") -> list[str]:
    return [each.session_id for each in store.conversations.page(user_id, None, 50).items]


def said(store: Store, session_id: str = "main", user_id: str = "ada") -> list[str]:
    page = store.conversations.turns(user_id, session_id, None, 50)
    return [] if page is None else [turn.input for turn in page.items]


def key_of(turn: Interaction) -> TurnKey:
    return TurnKey(turn.occurred_at, turn.interaction_id)


class ConversationsContract:
    def test_whoever_has_said_nothing_has_no_conversations(self, store: Store) -> None:
        assert sessions(store) == []
        assert store.conversations.turns("ada", "main", None, 5) is None

    def test_conversation_is_listed_by_its_first_words_and_its_last_turn(self, store: Store) -> None:
        first, second = an_interaction(1), an_interaction(2)
        record(store, replace(first, input="How can I\nhelp?"), second)

        [listed] = store.conversations.page("ada", None, 5).items

        assert listed == Conversation("main", "How can I help?", first.occurred_at, second.occurred_at, 2)

    def test_conversations_come_the_last_used_first_page_by_page(self, store: Store) -> None:
        record(store, *(an_interaction(n, session_id=each) for n, each in enumerate(("a", "b", "c", "a"), 1)))

        first = store.conversations.page("ada", None, 2)
        rest = store.conversations.page("ada", first.next_position, 2)

        assert [each.session_id for each in (*first.items, *rest.items)] == ["a", "c", "b"]
        assert rest.next_position is None

    def test_turns_come_newest_first_page_by_page_as_they_were(self, store: Store) -> None:
        turns = [an_interaction(number) for number in (1, 2, 3)]
        record(store, *turns, an_interaction(4, session_id="mai"), an_interaction(5, session_id="main2"))

        first = store.conversations.turns("ada", "main", None, 2)
        assert first
        rest = store.conversations.turns("ada", "main", first.next_position, 2)
        assert rest

        assert [*first.items, *rest.items] == turns[::-1]
        assert rest.next_position is None

    def test_conversation_outlives_its_hour(self, store: Store) -> None:
        store.keep(a_supporter())
        tomorrow = replace(an_interaction(2), occurred_at=NOW + timedelta(days=1))
        record(store, an_interaction(1), tomorrow)

        assert said(store) == ["question 2", "question 1"]
        assert [turn.input for turn in recalled(store, now=tomorrow.occurred_at).turns] == ["question 2"]

    def test_turns_of_others_and_what_staff_say_are_not_among_them(self, store: Store) -> None:
        record(store, an_interaction(1, "bob", "of-bob"))
        record(store, replace(an_interaction(1), requested_by="staff-1", session_id="of-staff"))

        assert sessions(store) == []
        assert store.conversations.turns("ada", "of-bob", None, 5) is None
        assert store.conversations.turns("ada", "of-staff", None, 5) is None

    def test_deleted_conversation_leaves_the_list_and_the_others_stay(self, store: Store) -> None:
        record(store, an_interaction(1, session_id="other"), an_interaction(2), an_interaction(3))
        record(store, an_interaction(1, "bob", "of-bob"))

        for _ in range(2):
            assert store.conversations.bar("ada", "main", LATER)
            turns = store.conversations.said("ada", "main", LATER)
            store.conversations.delete_turns("ada", turns)
            store.conversations.end_sessions("ada", "main", LATER)

        assert sessions(store) == ["other"]
        assert store.conversations.turns("ada", "main", None, 5) is None
        assert [turn.input for turn in store.interactions("ada")] == ["question 1"]
        assert store.memory.session("main", NOW) is None
        assert sessions(store, "bob") == ["of-bob"]

    def test_what_was_said_has_the_keys_of_its_turns(self, store: Store) -> None:
        turns = [an_interaction(number) for number in (1, 2)]
        elsewhere = an_interaction(3, session_id="other")
        record(store, *turns, elsewhere)

        assert set(store.conversations.said("ada", "main", LATER)) == {*map(key_of, turns)}
        assert set(store.conversations.said("ada", None, LATER)) == {*map(key_of, (*turns, elsewhere))}
        assert store.conversations.said("ada", "main", turns[0].occurred_at) == ()
        assert store.conversations.said("bob", None, LATER) == ()

    def test_conversation_that_never_was_cannot_be_deleted(self, store: Store) -> None:
        record(store, an_interaction(1, "bob", "of-bob"))

        assert not store.conversations.bar("ada", "of-bob", LATER)
        assert sessions(store, "bob") == ["of-bob"]

    @pytest.mark.parametrize("deletes_all", [False, True])
    def test_answer_to_an_older_question_is_not_added_any_more(self, store: Store, deletes_all: bool) -> None:
        record(store, an_interaction(1))
        self._bar(store, deletes_all)
        late = an_interaction(2)

        with pytest.raises(NotFound):
            store.memory.record(late, a_context(2), session_after(late), LATER)
        transaction = store.transaction()
        store.memory.add_turn(transaction, late, a_context(2), None, LATER)
        with pytest.raises(WriteRefused):
            transaction.commit()

        assert store.memory.latest_context("ada") == a_context(1)
        assert store.memory.was_deleted("ada", "main", late.occurred_at)

    @pytest.mark.parametrize("deletes_all", [False, True])
    def test_what_is_said_afterwards_begins_a_conversation_anew(self, store: Store, deletes_all: bool) -> None:
        record(store, an_interaction(1))
        self._bar(store, deletes_all)
        store.conversations.delete_turns("ada", store.conversations.said("ada", "main", LATER))
        store.conversations.end_sessions("ada", None if deletes_all else "main", LATER)

        fresh = replace(an_interaction(2), occurred_at=LATER + MINUTE)
        record(store, fresh)

        [listed] = store.conversations.page("ada", None, 5).items
        assert listed == Conversation("main", "question 2", fresh.occurred_at, fresh.occurred_at, 1)
        assert not store.memory.was_deleted("ada", "main", fresh.occurred_at)

    def test_deleting_all_leaves_those_that_began_since(self, store: Store) -> None:
        record(store, an_interaction(1, session_id="old"))
        store.conversations.bar_all("ada", LATER)
        record(store, replace(an_interaction(2, session_id="new"), occurred_at=LATER + MINUTE))

        store.conversations.delete_turns("ada", store.conversations.said("ada", None, LATER))
        store.conversations.end_sessions("ada", None, LATER)

        assert sessions(store) == ["new"]
        assert [turn.input for turn in store.interactions("ada")] == ["question 2"]

    def _bar(self, store: Store, deletes_all: bool) -> None:
        if deletes_all:
            store.conversations.bar_all("ada", LATER)
        else:
            assert store.conversations.bar("ada", "main", LATER)


class TestFakeConversations(ConversationsContract):
    @pytest.fixture
    def store(self) -> Store:
        return MemoryStore()


@pytest.mark.emulator
@pytest.mark.xdist_group("emulator")
class TestDynamoConversations(ConversationsContract):
    @pytest.fixture
    def store(self, dynamo: DynamoStore) -> Store:
        return dynamo

    def test_lists_cost_the_same_however_long_the_history(self, store: Store) -> None:
        record(store, *(an_interaction(number, session_id=f"s{number % 7}") for number in range(1, 22)))

        listing = cost_of(lambda: store.conversations.page("ada", None, 3))
        reading = cost_of(lambda: store.conversations.turns("ada", "s1", None, 1))

        assert (listing.calls, listing.rows) == (["Query"], 4)
        assert sorted(reading.calls) == ["BatchGetItem", "GetItem", "Query"]
        assert reading.rows <= 1 + 3 + 1

    def test_deletions_are_forgotten_after_a_day(self, dynamo: DynamoStore) -> None:
        record(dynamo, an_interaction(1))
        dynamo.conversations.bar("ada", "main", LATER)

        [kept] = dynamo.deletions()
        assert kept.expires_at == (LATER + DELETION_LIFE).replace(microsecond=0)
        assert kept.attribute_values.keys() == {"user_id", "session_id", "deleted_at", "expires_at"}
