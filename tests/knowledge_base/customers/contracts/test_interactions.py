"""What whoever keeps interactions and versions must do, in memory and in DynamoDB."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Protocol

import pytest

from knowledge_base.customers.adapters.interactions import DynamoInteractions, DynamoVersions
from knowledge_base.customers.domain.interactions import Interaction, InteractionKind, Interactions, interaction
from knowledge_base.customers.domain.versions import Versions
from local.workspace import ROOT
from shared.erasure.tombstones import DynamoTombstones
from tests.knowledge_base.customers.fakes import FakeInteractions, FakeVersions
from tests.shared.dynamodb.dynamodb_tables import tables_like
from tests.shared.erasing import ErasingContract

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
KEPT_FOR = timedelta(days=30)


class Kept(Interactions, Protocol):
    def erase(self, user_id: str, now: datetime, /) -> bool: ...


class Stores(NamedTuple):
    interactions: Kept
    versions: Versions
    tombstones: DynamoTombstones | set[str]

    def bury(self, user_id: str) -> None:
        if isinstance(self.tombstones, set):
            self.tombstones.add(user_id)
        else:
            self.tombstones.erase(user_id, NOW)


def reply(number: int = 1, user_id: str = "ada", age: timedelta = timedelta()) -> Interaction:
    return interaction(InteractionKind.REPLY, user_id, "ticket", NOW - age, f"{number:04}")


class InteractionsContract:
    def test_what_was_noted_is_read_the_newest_first(self, stores: Stores) -> None:
        noted = [reply(number, age=timedelta(minutes=number)) for number in range(5)]
        for each in (*noted[::2], *noted[1::2]):
            assert stores.interactions.note(each, NOW)
        assert stores.interactions.newest("ada", 10, NOW) == tuple(noted)
        assert stores.interactions.newest("ada", 2, NOW) == tuple(noted[:2])
        assert stores.interactions.newest("bob", 10, NOW) == ()

    def test_several_of_one_moment_are_several(self, stores: Stores) -> None:
        moment = [interaction(kind, "ada", "1", NOW, "1") for kind in InteractionKind]
        for each in moment:
            assert stores.interactions.note(each, NOW)
        assert set(stores.interactions.newest("ada", 10, NOW)) == set(moment)

    def test_what_is_noted_again_changes_nothing(self, stores: Stores) -> None:
        stores.interactions.note(reply(), NOW)
        assert stores.interactions.feel(reply(), -0.5, NOW)
        version = stores.versions.find("ada")
        assert not stores.interactions.note(reply(), NOW)
        assert stores.interactions.newest("ada", 10, NOW) == (replace(reply(), sentiment=-0.5),)
        assert stores.versions.find("ada") == version

    def test_what_is_not_there_is_not_felt(self, stores: Stores) -> None:
        assert not stores.interactions.feel(reply(), 0.5, NOW)
        assert stores.interactions.newest("ada", 10, NOW) == ()
        assert stores.versions.find("ada") is None

    def test_what_has_expired_is_gone_at_once(self, stores: Stores) -> None:
        stores.interactions.note(reply(1, age=KEPT_FOR - timedelta(seconds=1)), NOW)
        stores.interactions.note(reply(2, age=KEPT_FOR + timedelta(seconds=1)), NOW)
        assert [each.interaction_id for each in stores.interactions.newest("ada", 10, NOW)] == [
            reply(1, age=KEPT_FOR - timedelta(seconds=1)).interaction_id
        ]
        assert stores.interactions.newest("ada", 10, NOW + timedelta(seconds=2)) == ()

    def test_every_change_has_a_version_of_its_own(self, stores: Stores) -> None:
        seen = {stores.versions.find("ada")}
        for change in (
            lambda: stores.interactions.note(reply(), NOW),
            lambda: stores.interactions.feel(reply(), 1.0, NOW),
            lambda: stores.versions.touch(["ada"], NOW),
            lambda: stores.versions.touch(["ada"], NOW),
        ):
            change()
            version = stores.versions.find("ada")
            assert version is not None
            assert version.changed_at == NOW
            assert version not in seen
            seen.add(version)
        assert stores.versions.find("bob") is None

    def test_whoever_was_erased_gets_none(self, stores: Stores) -> None:
        stores.interactions.note(reply(), NOW)
        stores.interactions.note(reply(user_id="bob"), NOW)
        stores.bury("ada")
        assert stores.interactions.erase("ada", NOW)
        assert not stores.interactions.note(reply(), NOW)
        assert not stores.interactions.note(reply(2), NOW)
        assert not stores.interactions.feel(reply(), 1.0, NOW)
        assert stores.interactions.newest("ada", 10, NOW) == ()
        assert stores.interactions.newest("bob", 10, NOW) == (reply(user_id="bob"),)


class TestInMemory(InteractionsContract):
    @pytest.fixture
    def stores(self) -> Stores:
        versions = FakeVersions()
        interactions = FakeInteractions(versions, KEPT_FOR)
        return Stores(interactions, versions, interactions.erased)


@pytest.fixture
def in_dynamodb(local_aws: str) -> Iterator[Stores]:
    tables = ["InteractionsTable", "CustomerVersionsTable", "TombstonesTable"]
    with tables_like(local_aws, ROOT / "knowledge_base", tables) as names:
        versions = DynamoVersions(names["CustomerVersionsTable"])
        tombstones = DynamoTombstones(names["TombstonesTable"])
        yield Stores(
            DynamoInteractions(names["InteractionsTable"], versions, tombstones, KEPT_FOR), versions, tombstones
        )


@pytest.mark.emulator
@pytest.mark.usefixtures("local_aws")
class TestInDynamoDB(InteractionsContract):
    @pytest.fixture
    def stores(self, in_dynamodb: Stores) -> Stores:
        return in_dynamodb


class OwnedInteractions:
    def __init__(self, stores: Stores) -> None:
        self.part, self._users = stores.interactions, set[str]()

    def give(self, user_id: str, *, many: bool = False) -> None:
        self._users.add(user_id)
        for number in range(30 if many else 2):
            self.part.note(reply(number, user_id, timedelta(minutes=number)), NOW)

    def kept(self) -> list[str]:
        return sorted(str(each) for user in self._users for each in self.part.newest(user, 1000, NOW))


@pytest.mark.emulator
@pytest.mark.usefixtures("local_aws")
class TestErasing(ErasingContract):
    @pytest.fixture
    def owned(self, in_dynamodb: Stores) -> OwnedInteractions:
        return OwnedInteractions(in_dynamodb)
