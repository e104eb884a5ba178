"""The addresses of accounts, in memory and in Cognito."""

import uuid
from typing import Any

import boto3
import pytest

from communications.users.adapters.accounts import CognitoAccounts
from communications.users.domain.synchronizing import AccountContacts, Contacts
from tests.communications.users.pool import FakePool

NUMBER, ANOTHER = "+447700900123", "+447700900124"


class AccountsContract:
    def test_addresses_are_those_of_the_account(self, accounts: AccountContacts, ada: str) -> None:
        assert accounts.contacts(ada) == Contacts("ada@example.org")
        assert accounts.contacts(str(uuid.uuid4())) is None

    def test_number_is_set_and_taken_away(self, accounts: AccountContacts, ada: str) -> None:
        for phone in (NUMBER, ANOTHER, None):
            accounts.set_phone(ada, phone)
            assert accounts.contacts(ada) == Contacts("ada@example.org", phone)


class TestInMemory(AccountsContract):
    @pytest.fixture
    def ada(self) -> str:
        return "ada"

    @pytest.fixture
    def accounts(self) -> AccountContacts:
        return FakePool({"ada": Contacts("ada@example.org")})


@pytest.mark.emulator
class TestInCognito(AccountsContract):
    @pytest.fixture
    def cognito(self, local_aws: str) -> Any:
        return boto3.client("cognito-idp", endpoint_url=local_aws)

    @pytest.fixture
    def pool_id(self, cognito: Any) -> str:
        both = ["email", "phone_number"]
        made = cognito.create_user_pool(
            PoolName=uuid.uuid4().hex,
            UsernameAttributes=["email"],
            AutoVerifiedAttributes=both,
            UserAttributeUpdateSettings={"AttributesRequireVerificationBeforeUpdate": both},
        )
        return str(made["UserPool"]["Id"])

    @pytest.fixture
    def ada(self, cognito: Any, pool_id: str) -> str:
        made = cognito.admin_create_user(UserPoolId=pool_id, Username="ada@example.org", MessageAction="SUPPRESS")
        return str(made["User"]["Username"])

    @pytest.fixture
    def accounts(self, pool_id: str) -> AccountContacts:
        return CognitoAccounts(pool_id)

    def test_number_that_is_not_verified_does_not_count(self, cognito: Any, pool_id: str, ada: str) -> None:
        number = [{"Name": "phone_number", "Value": NUMBER}, {"Name": "phone_number_verified", "Value": "false"}]
        cognito.admin_update_user_attributes(UserPoolId=pool_id, Username=ada, UserAttributes=number)

        assert CognitoAccounts(pool_id).contacts(ada) == Contacts("ada@example.org")
