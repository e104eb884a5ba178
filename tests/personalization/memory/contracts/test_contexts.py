"""What whoever keeps what was learned must do, in memory and in DynamoDB."""

from dataclasses import replace

import pytest

from personalization.memory.domain.context import FactKind, Origin, SupporterContext
from personalization.memory.domain.learning import forgotten
from shared.errors import VersionConflict
from tests.personalization.examples import NOW, a_context, a_supporter
from tests.personalization.stores import DynamoStore, MemoryStore, Store
from tests.shared.dynamodb.dynamodb_calls import cost_of


def traced(version: int) -> SupporterContext:
    """A context that says where its notes come from, and what it has forgotten."""
    origins = (
        Origin(FactKind.INTERESTS, "clean water", NOW, "main", "turn-1"),
        Origin(FactKind.REMEMBERED, "lives in Leeds", NOW),
    )
    return replace(a_context(version), origins=origins, forgotten=(forgotten("running", NOW),))


class ContextsContract:
    def test_supporter_and_context_are_read_together(self, store: Store) -> None:
        store.keep(a_supporter())
        store.contexts.add("ada", traced(1))

        assert store.contexts.read("ada") == (a_supporter(), traced(1))
        assert store.contexts.latest("ada") == traced(1)
        assert store.contexts.read("nobody") == (None, SupporterContext())

    def test_version_is_written_once(self, store: Store) -> None:
        store.contexts.add("ada", traced(1))

        with pytest.raises(VersionConflict):
            store.contexts.add("ada", a_context(1))

        assert store.contexts.latest("ada") == traced(1)

    def test_emptied_versions_keep_their_numbers_and_the_others_everything(self, store: Store) -> None:
        store.learn("ada", a_context(1), traced(2), traced(3))
        store.learn("bob", traced(1))

        for _ in range(2):
            store.contexts.empty_before("ada", 3)

        assert store.contexts.latest("ada") == traced(3)
        assert store.contexts.latest("bob") == traced(1)
        for version in (1, 2):
            with pytest.raises(VersionConflict):
                store.contexts.add("ada", a_context(version))


class TestFakeContexts(ContextsContract):
    @pytest.fixture
    def store(self) -> Store:
        return MemoryStore()


@pytest.mark.emulator
@pytest.mark.xdist_group("emulator")
class TestDynamoContexts(ContextsContract):
    @pytest.fixture
    def store(self, dynamo: DynamoStore) -> Store:
        return dynamo

    def test_reading_is_two_calls_and_emptying_writes_only_what_is_filled(self, store: Store) -> None:
        store.keep(a_supporter())
        store.learn("ada", *(traced(version) for version in range(1, 31)))

        assert sorted(cost_of(lambda: store.contexts.read("ada")).calls) == ["GetItem", "Query"]
        assert cost_of(lambda: store.contexts.empty_before("ada", 30)).calls == ["Query", *["BatchWriteItem"] * 2]
        assert cost_of(lambda: store.contexts.empty_before("ada", 30)).calls == ["Query"]
