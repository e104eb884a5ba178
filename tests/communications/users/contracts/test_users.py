"""What whoever keeps users must do, in memory and in DynamoDB."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from communications.users.adapters.users import DynamoUserRecords
from communications.users.domain.addresses import AddressTaken, email_key, keys_of
from communications.users.domain.users import Settings, User, UserRecords
from local.workspace import ROOT
from shared.erasure.tombstones import DynamoTombstones
from shared.errors import VersionConflict
from shared.people.dynamo_directory import DynamoDirectory
from shared.people.finding import Directory, words_of
from tests.communications.examples import NOW, a_user, number_of
from tests.communications.users.fakes import FakeUsers
from tests.shared.dynamodb.dynamodb_tables import tables_like

TEMPLATE = ROOT / "communications"


class Kept(NamedTuple):
    users: UserRecords
    directory: Directory


class UsersContract:
    @pytest.fixture
    def users(self, kept: Kept) -> UserRecords:
        return kept.users

    def test_new_user_is_kept_as_they_are(self, users: UserRecords) -> None:
        assert users.add(a_user()) is True
        assert users.find("ada") == a_user()

    def test_user_who_has_set_nothing_is_kept_as_they_are(self, users: UserRecords) -> None:
        newcomer = User(
            user_id="bob", email="b@example.org", first_name="", last_name="", created_at=NOW, updated_at=NOW
        )

        assert users.add(newcomer) is True
        assert users.find("bob") == newcomer
        assert newcomer.settings == Settings()

    def test_existing_user_is_never_overwritten(self, users: UserRecords) -> None:
        users.add(a_user())

        assert users.add(replace(a_user(), first_name="Another")) is False
        assert users.add(replace(a_user(), email="another@example.org")) is False
        assert users.find("ada") == a_user()

    def test_address_belongs_to_one_user_in_whatever_case(self, users: UserRecords) -> None:
        users.add(a_user())

        with pytest.raises(AddressTaken):
            users.add(replace(a_user("eve"), email="ADA@example.org"))
        assert users.find("eve") is None

    def test_whoever_is_not_there_is_not_found(self, users: UserRecords) -> None:
        assert users.find("nobody") is None
        users.add(a_user("ada"))
        users.add(a_user("bob"))
        assert users.find_many(["bob", "nobody", "ada"]) == [a_user("bob"), a_user("ada")]

    def test_user_is_found_by_the_name_that_they_have_now(self, kept: Kept) -> None:
        before = a_user("ada", "Ada Lovelace")
        kept.users.add(before)
        kept.users.replace(replace(before, last_name="King", version=4), before)

        assert kept.users.find("ada") == replace(before, last_name="King", version=4)
        assert (_found(kept, "king"), _found(kept, "lovelace"), _found(kept, "ada@ex")) == (["ada"], [], ["ada"])

    def test_any_other_version_replaces_nothing(self, kept: Kept) -> None:
        kept.users.add(a_user("ada"))
        older = replace(a_user("ada"), version=2)

        with pytest.raises(VersionConflict):
            kept.users.replace(replace(older, last_name="King", version=3), older)
        with pytest.raises(VersionConflict):
            kept.users.replace(replace(a_user("eve"), version=4), a_user("eve"))
        assert (kept.users.find("ada"), kept.users.find("eve")) == (a_user("ada"), None)
        assert _found(kept, "king") == []

    def test_changed_addresses_move_with_the_user(self, kept: Kept) -> None:
        before = a_user("ada")
        after = replace(before, email="new@example.org", phone="+447700900999", version=4)
        kept.users.add(before)
        kept.users.replace(after, before)

        assert kept.users.find("ada") == after
        assert [kept.users.owner(key) for key in sorted(keys_of(after.email, after.phone))] == ["ada", "ada"]
        assert [kept.users.owner(key) for key in keys_of(before.email, before.phone)] == [None, None]
        assert (_found(kept, "new@ex"), _found(kept, "ada@ex")) == (["ada"], [])
        assert kept.users.add(replace(a_user("eve"), email="ADA@example.org"))

    @pytest.mark.parametrize("taken", [{"email": "BOB@example.org"}, {"phone": number_of("bob")}])
    def test_address_of_somebody_else_is_not_moved(self, kept: Kept, taken: dict[str, Any]) -> None:
        before = a_user("ada")
        kept.users.add(before)
        kept.users.add(a_user("bob"))

        with pytest.raises(AddressTaken):
            kept.users.replace(replace(before, version=4, **taken), before)
        assert (kept.users.find("ada"), _found(kept, "ada@ex"), _found(kept, "bob")) == (before, ["ada"], ["bob"])

    def test_address_is_given_up_without_another(self, kept: Kept) -> None:
        before = a_user("ada")
        after = replace(before, email="", phone=None, version=4)
        kept.users.add(before)
        kept.users.replace(after, before)

        assert (kept.users.find("ada"), _found(kept, "ada")) == (after, ["ada"])
        assert kept.users.add(replace(a_user("eve"), email=before.email, phone=before.phone))
        kept.users.replace(replace(after, email="new@example.org", version=5), after)
        assert _found(kept, "new@ex") == ["ada"]

    def test_address_in_another_case_stays_the_users(self, kept: Kept) -> None:
        before = a_user("ada")
        kept.users.add(before)
        kept.users.replace(replace(before, email="Ada@Example.org", version=4), before)

        assert kept.users.owner(email_key(before.email)) == "ada"


def _found(kept: Kept, query: str) -> list[str]:
    return [person.user_id for person in kept.directory.page(words_of(query), None, 10).items]


class TestInMemory(UsersContract):
    @pytest.fixture
    def kept(self) -> Kept:
        users = FakeUsers()
        return Kept(users, users)


@pytest.mark.emulator
@pytest.mark.usefixtures("local_aws")
class TestInDynamoDB(UsersContract):
    @pytest.fixture
    def kept(self, local_aws: str) -> Iterator[Kept]:
        with tables_like(
            local_aws, TEMPLATE, ["UsersTable", "AddressesTable", "DirectoryTable", "ErasuresTable"]
        ) as names:
            tombstones = DynamoTombstones(names["ErasuresTable"])
            directory = DynamoDirectory(names["DirectoryTable"], "users")
            yield Kept(
                DynamoUserRecords(names["UsersTable"], names["AddressesTable"], directory, tombstones), directory
            )
