"""Cognito: e-mail addresses and phone numbers that are changed, verified, and taken."""

import json
import re
import secrets
from typing import Any, NamedTuple

import pytest
from botocore.exceptions import ClientError

from tests.contracts.emulator.application_stack import Application
from tests.contracts.emulator.aws import OWNER, Aws, unique
from tests.contracts.emulator.scenarios.users import sign_up, user_pool

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("emulator-application")]


class Account(NamedTuple):
    """Of a pool in which e-mail addresses and phone numbers have to be verified before they count."""

    aws: Aws
    pool: str
    client: str
    address: str
    token: str

    def change(self, **attributes: str) -> list[dict[str, str]]:
        changed = [{"Name": name, "Value": value} for name, value in attributes.items()]
        answer = self.aws.client("cognito-idp").update_user_attributes(AccessToken=self.token, UserAttributes=changed)
        details: list[dict[str, str]] = answer["CodeDeliveryDetailsList"]
        return details

    def verify(self, name: str, code: str) -> None:
        self.aws.client("cognito-idp").verify_user_attribute(AccessToken=self.token, AttributeName=name, Code=code)

    def has(self, name: str) -> str | None:
        found = self.aws.client("cognito-idp").get_user(AccessToken=self.token)["UserAttributes"]
        return {each["Name"]: each["Value"] for each in found}.get(name)

    def signs_in(self, name: str) -> bool:
        credentials = {"USERNAME": name, "PASSWORD": "Secret-123"}
        try:
            self.aws.client("cognito-idp").initiate_auth(
                ClientId=self.client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=credentials
            )
        except ClientError:
            return False
        return True

    def mailed(self, address: str) -> str:
        """The last code that was mailed there."""
        by_account = json.loads(self.aws.call("GET", "/_ministack/ses/messages", None, OWNER).body)["messages"]
        mails = [json.dumps(mail) for mails in by_account.values() for mail in mails]
        return _codes("".join(mail for mail in mails if address in mail))[-1]

    def texted(self, number: str) -> str:
        path = f"/_ministack/sns/sms-messages?phoneNumber={number.replace('+', '%2B')}"
        return _codes(self.aws.call("GET", path, None, OWNER).body)[-1]


def _codes(text: str) -> list[str]:
    return re.findall(r"verification code is ([0-9]{6})", text)


def an_account(aws: Aws, pool: tuple[str, str] | None = None) -> Account:
    both = ["email", "phone_number"]
    update = {"AttributesRequireVerificationBeforeUpdate": both}
    pool_id, client = pool or user_pool(
        aws,
        UsernameAttributes=["email"],
        UsernameConfiguration={"CaseSensitive": False},
        AutoVerifiedAttributes=both,
        UserAttributeUpdateSettings=update,
    )
    address = f"{unique('ann')}@charity.example"
    return Account(aws, pool_id, client, address, sign_up(aws, pool_id, client, address, address)["AccessToken"])


@pytest.fixture
def ann(app: Application) -> Account:
    return an_account(app.aws)


def refusal(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


def test_new_address_is_in_force_once_its_code_is_given(ann: Account) -> None:
    new = f"{unique('new')}@charity.example"
    [sent] = ann.change(email=new)

    assert (sent["AttributeName"], sent["DeliveryMedium"]) == ("email", "EMAIL")
    assert ann.has("email") == ann.address
    assert ann.signs_in(ann.address)
    assert not ann.signs_in(new)

    ann.verify("email", ann.mailed(new))
    assert (ann.has("email"), ann.has("email_verified")) == (new, "true")
    assert ann.signs_in(new)
    assert not ann.signs_in(ann.address)


def test_wrong_code_verifies_nothing_and_a_used_one_has_expired(ann: Account) -> None:
    new = f"{unique('new')}@charity.example"
    ann.change(email=new)
    code = ann.mailed(new)

    with pytest.raises(ClientError) as error:
        ann.verify("email", f"{(int(code) + 1) % 10**6:06}")
    assert (refusal(error), ann.has("email")) == ("CodeMismatchException", ann.address)
    ann.verify("email", code)
    with pytest.raises(ClientError) as error:
        ann.verify("email", code)
    assert refusal(error) == "ExpiredCodeException"


def test_last_code_counts(ann: Account) -> None:
    first, second = (f"{unique('new')}@charity.example" for _ in range(2))
    ann.change(email=first)
    ann.change(email=second)
    again = ann.aws.client("cognito-idp").get_user_attribute_verification_code
    assert again(AccessToken=ann.token, AttributeName="email")["CodeDeliveryDetails"]["DeliveryMedium"] == "EMAIL"

    ann.verify("email", ann.mailed(second))
    assert ann.has("email") == second


def test_phone_number_is_verified_by_sms(ann: Account) -> None:
    number = f"+447700{secrets.randbelow(10**6):06}"
    [sent] = ann.change(phone_number=number)

    assert (sent["DeliveryMedium"], ann.has("phone_number")) == ("SMS", None)
    ann.verify("phone_number", ann.texted(number))
    assert (ann.has("phone_number"), ann.has("phone_number_verified")) == (number, "true")


def test_numbers_may_be_of_several_users_and_addresses_may_not(ann: Account) -> None:
    bob, number = an_account(ann.aws, (ann.pool, ann.client)), f"+447700{secrets.randbelow(10**6):06}"
    for each in (ann, bob):
        each.change(phone_number=number)
        each.verify("phone_number", each.texted(number))
    assert (ann.has("phone_number"), bob.has("phone_number")) == (number, number)

    with pytest.raises(ClientError) as error:
        ann.change(email=bob.address.upper())
    assert refusal(error) == "AliasExistsException"

    new = f"{unique('new')}@charity.example"
    ann.change(email=new)
    code = ann.mailed(new)
    bob.change(email=new)
    bob.verify("email", bob.mailed(new))
    with pytest.raises(ClientError) as error:
        ann.verify("email", code)
    assert (refusal(error), ann.has("email")) == ("AliasExistsException", ann.address)


@pytest.mark.parametrize("attributes", [{"email": "nobody"}, {"phone_number": "07700900123"}])
def test_what_is_no_address_is_refused(ann: Account, attributes: dict[str, str]) -> None:
    with pytest.raises(ClientError) as error:
        ann.change(**attributes)
    assert refusal(error) == "InvalidParameterException"


def test_admins_set_verified_addresses_and_remove_them(ann: Account) -> None:
    cognito: Any = ann.aws.client("cognito-idp")
    who: dict[str, Any] = {"UserPoolId": ann.pool, "Username": ann.address}
    number = f"+447700{secrets.randbelow(10**6):06}"
    cognito.admin_update_user_attributes(**who, UserAttributes=[{"Name": "phone_number", "Value": number}])
    assert ann.has("phone_number") is None

    verified = [{"Name": "phone_number", "Value": number}, {"Name": "phone_number_verified", "Value": "true"}]
    cognito.admin_update_user_attributes(**who, UserAttributes=verified)
    assert (ann.has("phone_number"), ann.has("phone_number_verified")) == (number, "true")
    cognito.admin_update_user_attributes(**who, UserAttributes=[{"Name": "phone_number", "Value": ""}])
    assert (ann.has("phone_number"), ann.has("phone_number_verified")) == (None, None)


def test_address_that_needs_no_verification_is_in_force_at_once(app: Application) -> None:
    pool, client = user_pool(app.aws, AutoVerifiedAttributes=["email"])
    name = unique("ann")
    token = sign_up(app.aws, pool, client, "ann@charity.example", name)["AccessToken"]
    account = Account(app.aws, pool, client, name, token)

    account.change(email="new@charity.example")
    assert (account.has("email"), account.has("email_verified")) == ("new@charity.example", "false")
