"""How SES takes what we send, and says that it does not."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from knowledge_base.mail.adapters import ses
from knowledge_base.mail.adapters.ses import SesSender
from knowledge_base.mail.domain.outgoing import Outgoing, Refused
from shared.errors import Unavailable
from tests.knowledge_base.mail.examples import AMARA, NOW

MAIL = Outgoing(AMARA, "help+x@almoner.example", "Re: Parcel", "On Tuesday.", ("<a@x.org>",))
SENDER = "Almoner <hello@almoner.example>"


@pytest.mark.emulator
def test_mail_is_sent_and_named_as_recipients_see_it(local_aws: str) -> None:
    client: Any = boto3.client("sesv2", endpoint_url=local_aws)
    client.create_email_identity(EmailIdentity="almoner.example")
    first, second = (SesSender(SENDER, region).send(MAIL) for region in ("eu-west-2", "us-east-1"))
    assert first.startswith("<")
    assert first.endswith("@eu-west-2.amazonses.com>")
    assert second.endswith("@email.amazonses.com>")


@pytest.mark.usefixtures("out_of_reach")
def test_ses_out_of_reach_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        SesSender(SENDER, "eu-west-2").send(MAIL)


@pytest.mark.parametrize(
    ("code", "status", "raised"),
    [
        ("BadRequestException", 400, Refused),
        ("TooManyRequestsException", 429, Unavailable),
        ("MailFromDomainNotVerifiedException", 400, ClientError),
    ],
)
def test_refusals_are_distinguished(
    monkeypatch: pytest.MonkeyPatch, code: str, status: int, raised: type[Exception]
) -> None:
    class Client:
        def send_email(self, **request: Any) -> None:
            assert b"In-Reply-To: <a@x.org>" in request["Content"]["Raw"]["Data"]
            answer: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
            raise ClientError(answer, "SendEmail")

    def client(service: str, **_: object) -> Client:
        assert service == "sesv2"
        return Client()

    monkeypatch.setattr(ses, "client", client)
    with pytest.raises(raised):
        SesSender(SENDER, "eu-west-2", lambda: NOW).send(MAIL)
