"""Whose address it is, in memory and in Cognito."""

import uuid
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from knowledge_base.mail.adapters.accounts import CognitoAccounts
from knowledge_base.mail.domain.correspondence import Accounts
from tests.knowledge_base.mail.examples import AMARA, FakeAccounts


class AccountsContract:
    def test_addresses_lead_to_users_and_back(self, accounts: Accounts, amara: str) -> None:
        assert accounts.user_of(AMARA) == amara
        assert accounts.address_of(amara) == AMARA
        assert accounts.last_address_of(amara) == AMARA

    def test_nobody_else_is_found(self, accounts: Accounts, amara: str) -> None:  # noqa: ARG002  is there
        for address in ("other@example.org", "amara.okafor@example.or", 'x" or email = "' + AMARA, AMARA[1:]):
            assert accounts.user_of(address) is None
        nobody = str(uuid.uuid4())
        assert accounts.address_of(nobody) is None
        assert accounts.last_address_of(nobody) is None

    def test_whoever_may_not_sign_in_is_nobody_but_had_an_address(
        self, accounts: Accounts, amara: str, disable: Callable[[str], object]
    ) -> None:
        disable(amara)
        assert accounts.user_of(AMARA) is None
        assert accounts.address_of(amara) is None
        assert accounts.last_address_of(amara) == AMARA


class TestFake(AccountsContract):
    @pytest.fixture
    def amara(self) -> str:
        return "amara"

    @pytest.fixture
    def accounts(self, amara: str) -> Accounts:
        return FakeAccounts({amara: AMARA})

    @pytest.fixture
    def disable(self, accounts: FakeAccounts) -> Callable[[str], object]:
        return accounts.disabled.add


@pytest.mark.emulator
class TestInCognito(AccountsContract):
    @pytest.fixture
    def cognito(self, local_aws: str) -> Any:
        return boto3.client("cognito-idp", endpoint_url=local_aws)

    @pytest.fixture
    def pool_id(self, cognito: Any) -> str:
        made = cognito.create_user_pool(
            PoolName=uuid.uuid4().hex, UsernameAttributes=["email"], AutoVerifiedAttributes=["email"]
        )
        return str(made["UserPool"]["Id"])

    @pytest.fixture
    def amara(self, cognito: Any, pool_id: str) -> str:
        verified = [{"Name": "email", "Value": AMARA}, {"Name": "email_verified", "Value": "true"}]
        made = cognito.admin_create_user(
            UserPoolId=pool_id, Username=AMARA, UserAttributes=verified, MessageAction="SUPPRESS"
        )
        return str(made["User"]["Username"])

    @pytest.fixture
    def accounts(self, pool_id: str) -> Accounts:
        return CognitoAccounts(pool_id)

    @pytest.fixture
    def disable(self, cognito: Any, pool_id: str) -> Callable[[str], object]:
        return lambda user_id: cognito.admin_disable_user(UserPoolId=pool_id, Username=user_id)

    def test_an_address_that_is_not_verified_is_nobodys(
        self, cognito: Any, pool_id: str, accounts: Accounts, amara: str
    ) -> None:
        unverified = [{"Name": "email_verified", "Value": "false"}]
        cognito.admin_update_user_attributes(UserPoolId=pool_id, Username=amara, UserAttributes=unverified)
        assert accounts.user_of(AMARA) is None
        assert accounts.address_of(amara) is None
        assert accounts.last_address_of(amara) is None
