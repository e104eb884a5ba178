"""What whoever keeps erasures must do, in memory and in DynamoDB."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

import pytest

from communications.users.adapters.erasures import DynamoErasures
from communications.users.adapters.users import DynamoUserRecords
from communications.users.domain.erasures import Erasure, Erasures
from communications.users.domain.users import UserRecords
from local.workspace import ROOT
from shared.erasure.tombstones import DynamoTombstones
from shared.people.dynamo_directory import DynamoDirectory
from shared.people.finding import Directory
from tests.communications.examples import NOW, a_user
from tests.communications.users.erasure_fakes import FakeErasures
from tests.communications.users.fakes import FakeUsers
from tests.shared.dynamodb.dynamodb_tables import tables_like

LATER = NOW + timedelta(days=1)


class Kept(NamedTuple):
    users: UserRecords
    directory: Directory
    erasures: Erasures


class ErasuresContract:
    def test_record_address_and_entries_go_together_and_nobody_returns(self, kept: Kept) -> None:
        kept.users.add(a_user("ada"))
        kept.users.add(a_user("bob", "Bob"))

        kept.erasures.begin("ada", NOW)
        kept.erasures.begin("ada", LATER)

        assert kept.erasures.find("ada") == Erasure("ada", NOW)
        assert kept.users.find("ada") is None
        assert [person.user_id for person in kept.directory.page((), None, 10).items] == ["bob"]
        assert kept.users.add(a_user("ada")) is False
        assert kept.users.add(replace(a_user("eve"), email="ada@example.org")) is True

    def test_whoever_has_no_record_is_erased_as_well(self, kept: Kept) -> None:
        kept.erasures.begin("new", NOW)

        assert kept.users.add(a_user("new")) is False
        assert kept.users.find("new") is None

    def test_contexts_are_noted_in_any_order_until_the_erasure_is_complete(self, kept: Kept) -> None:
        kept.erasures.begin("bob", LATER)
        kept.erasures.begin("ada", NOW)
        assert [erasure.user_id for erasure in kept.erasures.open()] == ["ada", "bob"]

        for context in ("commerce", "communications", "commerce"):
            noted = kept.erasures.erased("ada", context)
        assert noted == Erasure("ada", NOW, frozenset({"commerce", "communications"}))
        kept.erasures.complete("ada", LATER)

        assert [erasure.user_id for erasure in kept.erasures.open()] == ["bob"]
        assert kept.erasures.find("ada") == replace(noted, completed_at=LATER)
        assert kept.erasures.erased("nobody", "commerce") is None
        assert kept.erasures.find("nobody") is None


class TestInMemory(ErasuresContract):
    @pytest.fixture
    def kept(self) -> Kept:
        users = FakeUsers()
        return Kept(users, users, FakeErasures(users))


@pytest.mark.emulator
@pytest.mark.usefixtures("local_aws")
class TestInDynamoDB(ErasuresContract):
    @pytest.fixture
    def kept(self, local_aws: str) -> Iterator[Kept]:
        tables = ["UsersTable", "AddressesTable", "DirectoryTable", "ErasuresTable"]
        with tables_like(local_aws, ROOT / "communications", tables) as names:
            users, addresses, directory_table, erasures = (names[table] for table in tables)
            directory = DynamoDirectory(directory_table, "users")
            yield Kept(
                DynamoUserRecords(users, addresses, directory, DynamoTombstones(erasures)),
                directory,
                DynamoErasures(erasures, users, addresses, directory),
            )
