"""What whoever keeps users must do, in memory and in DynamoDB."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from communications.users.adapters.users import DynamoUsers
from communications.users.domain.addresses import AddressTaken
from communications.users.domain.users import Settings, User, Users
from local.workspace import ROOT
from tests.communications.examples import NOW, a_user
from tests.communications.users.fakes import FakeUsers
from tests.shared.dynamodb.dynamodb_tables import tables_like

TABLES = ROOT / "communications" / "tables.yaml"


class UsersContract:
    def test_new_user_is_kept_as_they_are(self, users: Users) -> None:
        assert users.add(a_user()) is True
        assert users.find("ada") == a_user()

    def test_user_who_has_set_nothing_is_kept_as_they_are(self, users: Users) -> None:
        newcomer = User(
            user_id="bob", email="b@example.org", first_name="", last_name="", created_at=NOW, updated_at=NOW
        )

        assert users.add(newcomer) is True
        assert users.find("bob") == newcomer
        assert newcomer.settings == Settings()

    def test_existing_user_is_never_overwritten(self, users: Users) -> None:
        users.add(a_user())

        assert users.add(replace(a_user(), first_name="Another")) is False
        assert users.add(replace(a_user(), email="another@example.org")) is False
        assert users.find("ada") == a_user()

    def test_address_belongs_to_one_user_in_whatever_case(self, users: Users) -> None:
        users.add(a_user())

        with pytest.raises(AddressTaken):
            users.add(replace(a_user("eve"), email="ADA@example.org"))
        assert users.find("eve") is None

    def test_whoever_is_not_there_is_not_found(self, users: Users) -> None:
        assert users.find("nobody") is None


class TestInMemory(UsersContract):
    @pytest.fixture
    def users(self) -> Users:
        return FakeUsers()


@pytest.mark.emulator
@pytest.mark.usefixtures("local_aws")
class TestInDynamoDB(UsersContract):
    @pytest.fixture
    def users(self, local_aws: str) -> Iterator[Users]:
        with tables_like(local_aws, TABLES, ["UsersTable", "AddressesTable"]) as names:
            yield DynamoUsers(names["UsersTable"], names["AddressesTable"])
