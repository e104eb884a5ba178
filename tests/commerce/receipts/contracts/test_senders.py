"""Users, mail and SMS of AWS."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
import urllib3

from commerce.receipts.adapters.contacts import CognitoContacts
from commerce.receipts.adapters.mailer import SesMailer, name_of
from commerce.receipts.adapters.texter import SnsTexter
from commerce.receipts.domain.sending import Contact
from commerce.receipts.domain.texts import Mail
from shared.errors import Unavailable
from tests.shared.dynamodb.clients import forget_clients

SENDER = "Almoner <hello@almoner.example>"


@pytest.fixture
def fresh_clients() -> Iterator[None]:
    forget_clients()
    yield
    forget_clients()


@pytest.mark.emulator
@pytest.mark.usefixtures("fresh_clients")
class TestAws:
    @pytest.mark.parametrize(
        ("attributes", "phone"),
        [
            ({}, None),
            ({"phone_number": "+447700900123", "phone_number_verified": "true"}, "+447700900123"),
            ({"phone_number": "+447700900123"}, None),
            ({"phone_number": "07700900123", "phone_number_verified": "true"}, None),
        ],
    )
    def test_user_has_an_address_and_perhaps_a_verified_number(
        self, attributes: dict[str, str], phone: str | None, local_aws: str, admin: Any
    ) -> None:
        pool = admin("cognito-idp", local_aws).create_user_pool(PoolName="users", UsernameAttributes=["email"])
        pool_id = pool["UserPool"]["Id"]
        given = {"email": "ada@example.org"} | attributes
        user = admin("cognito-idp", local_aws).admin_create_user(
            UserPoolId=pool_id,
            Username="ada@example.org",
            UserAttributes=[{"Name": name, "Value": value} for name, value in given.items()],
        )["User"]
        sub = next(each["Value"] for each in user["Attributes"] if each["Name"] == "sub")
        contacts = CognitoContacts(pool_id)
        assert contacts.find(sub) == Contact(email="ada@example.org", phone=phone)
        assert contacts.find("9e107d9d-372b-4b1c-9b9a-000000000000") is None

    def test_mail_arrives(self, local_aws: str, admin: Any) -> None:
        admin("sesv2", local_aws).create_email_identity(EmailIdentity="almoner.example")
        SesMailer(SENDER).send("ada@example.org", Mail("Thank you", "Plain", "<p>Rich</p>"))
        [account] = urllib3.request("GET", f"{local_aws}/_ministack/ses/messages").json()["messages"].values()
        [mail] = [each for each in account if each["Subject"] == "Thank you"]
        assert (mail["To"], mail["BodyText"], mail["BodyHtml"]) == (["ada@example.org"], "Plain", "<p>Rich</p>")

    def test_sms_arrives(self, local_aws: str) -> None:
        SnsTexter().send("+447700900123", "Thank you")
        sent = urllib3.request("GET", f"{local_aws}/_ministack/sns/sms-messages?phoneNumber=%2B447700900123")
        assert b"Thank you" in sent.data


@pytest.fixture
def admin() -> Any:
    return lambda service, endpoint: boto3.Session("test", "test", region_name="us-west-2").client(
        service, endpoint_url=endpoint
    )


@pytest.mark.usefixtures("out_of_reach")
def test_service_that_does_not_answer_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        CognitoContacts("us-west-2_x").find("ada")
    with pytest.raises(Unavailable):
        SesMailer(SENDER).send("ada@example.org", Mail("", "", ""))
    with pytest.raises(Unavailable):
        SnsTexter().send("+447700900123", "")


@pytest.mark.parametrize(("sender", "name"), [(SENDER, "Almoner"), ("hello@almoner.example", "almoner.example")])
def test_charity_is_called_as_its_mail_says(sender: str, name: str) -> None:
    assert name_of(sender) == name
