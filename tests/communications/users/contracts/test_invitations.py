"""What whoever has the accounts must do about invitations, groups and erasures, in memory and in Cognito."""

import uuid
from collections.abc import Callable
from typing import Any, Protocol

import boto3
import pytest

from communications.users.adapters.accounts import CognitoAccounts
from communications.users.domain.addresses import AddressTaken
from communications.users.domain.erasures import Accounts
from communications.users.domain.invitations import Invitations
from shared.errors import Invalid, NotFound, Unavailable
from tests.communications.users.erasure_fakes import FakeAccounts

EMAIL = "zoe@example.org"


class InvitesAndErases(Invitations, Accounts, Protocol):
    """All of it."""


class AccountsContract:
    def test_invitation_that_broke_off_goes_on_with_the_same_account(self, accounts: InvitesAndErases) -> None:
        zoe = accounts.invite(EMAIL, "Zoë Reid")

        assert accounts.invite(EMAIL, "Zoë Reid") == zoe
        assert accounts.invite("ZOE@Example.org", "Zoë Reid") == zoe
        assert accounts.invite("max@example.org", "Max") != zoe

    def test_account_that_somebody_uses_is_theirs(
        self, accounts: InvitesAndErases, sign_in: Callable[[str], None]
    ) -> None:
        sign_in(accounts.invite(EMAIL, "Zoë Reid"))

        with pytest.raises(AddressTaken):
            accounts.invite(EMAIL, "Zoë Reid")

    def test_account_that_is_being_erased_is_nobody_elses_before_it_is_gone(self, accounts: InvitesAndErases) -> None:
        zoe = accounts.invite(EMAIL, "Zoë Reid")
        for _ in range(2):
            accounts.disable(zoe)
        with pytest.raises(AddressTaken):
            accounts.invite(EMAIL, "Zoë Reid")

        for _ in range(2):
            accounts.delete(zoe)
        accounts.disable(zoe)
        with pytest.raises(NotFound):
            accounts.groups(zoe)
        assert accounts.groups(accounts.invite(EMAIL, "Zoë Reid")) == frozenset()

    def test_groups_are_joined_once_each(self, accounts: InvitesAndErases) -> None:
        zoe, max_ = accounts.invite(EMAIL, "Zoë Reid"), accounts.invite("max@example.org", "Max")
        for group in ("staff", "finance", "staff"):
            accounts.join(zoe, group)

        assert accounts.groups(zoe) == {"staff", "finance"}
        assert accounts.groups(max_) == frozenset()
        with pytest.raises(NotFound):
            accounts.join(str(uuid.uuid4()), "staff")

    def test_what_is_no_address_is_refused(self, accounts: InvitesAndErases) -> None:
        with pytest.raises(Invalid) as refusal:
            accounts.invite("nobody", "Nobody")
        assert [error.field for error in refusal.value.errors] == ["email"]


class TestFakeAccounts(AccountsContract):
    @pytest.fixture
    def accounts(self) -> FakeAccounts:
        return FakeAccounts()

    @pytest.fixture
    def sign_in(self, accounts: FakeAccounts) -> Callable[[str], None]:
        return accounts.used.add


@pytest.mark.emulator
class TestCognitoAccounts(AccountsContract):
    @pytest.fixture
    def cognito(self, local_aws: str) -> Any:
        return boto3.Session("test", "test", region_name="us-west-2").client("cognito-idp", endpoint_url=local_aws)

    @pytest.fixture
    def pool_id(self, cognito: Any) -> str:
        made = cognito.create_user_pool(
            PoolName=uuid.uuid4().hex,
            UsernameAttributes=["email"],
            UsernameConfiguration={"CaseSensitive": False},
            AutoVerifiedAttributes=["email"],
        )
        pool_id = str(made["UserPool"]["Id"])
        for group in ("staff", "finance"):
            cognito.create_group(UserPoolId=pool_id, GroupName=group)
        return pool_id

    @pytest.fixture
    def accounts(self, pool_id: str) -> CognitoAccounts:
        return CognitoAccounts(pool_id)

    @pytest.fixture
    def sign_in(self, cognito: Any, pool_id: str) -> Callable[[str], None]:
        """Somebody chooses a password."""

        def choose(user_id: str) -> None:
            wanted = {"UserPoolId": pool_id, "Username": user_id, "Password": "Correct-horse-7", "Permanent": True}
            cognito.admin_set_user_password(**wanted)

        return choose

    def test_address_of_an_invitation_is_verified(self, accounts: CognitoAccounts, cognito: Any, pool_id: str) -> None:
        zoe = accounts.invite(EMAIL, "Zoë Reid")

        found = cognito.admin_get_user(UserPoolId=pool_id, Username=zoe)
        attributes = {each["Name"]: each["Value"] for each in found["UserAttributes"]}
        assert (attributes["sub"], attributes["email"], attributes["name"]) == (zoe, EMAIL, "Zoë Reid")
        assert (attributes["email_verified"], found["UserStatus"]) == ("true", "FORCE_CHANGE_PASSWORD")


@pytest.mark.usefixtures("out_of_reach")
def test_accounts_out_of_reach_are_unavailable() -> None:
    accounts = CognitoAccounts("us-west-2_almoner")
    for call in (accounts.groups, accounts.disable, accounts.delete):
        with pytest.raises(Unavailable):
            call("zoe")
    with pytest.raises(Unavailable):
        accounts.invite(EMAIL, "Zoë Reid")
