"""Mail, SMS and push messages: what is sent, and what each failure means for another attempt."""

import json
from collections.abc import Callable
from urllib.parse import parse_qs

import pytest

from communications.sending.adapters import providers
from communications.sending.adapters.providers import SesMail, SnsPush, SnsSms, outbox_id_in, outbox_tag
from communications.sending.domain.outbox import Channel, Push
from communications.sending.domain.sending import Destination, NotAccepted, OutcomeUnknown, Provider, Refused
from communications.sending.domain.unsubscribing import UnsubscribeLinks, read_token
from shared.auth.seals import BrokenSeal, Seals
from tests.communications.sending.examples import NOW, a_row
from tests.shared.aws.aws_server import Answers, AwsServer, HangsUp, answers

ADA = Destination("email", "ada@example.org")
NUMBER = Destination("sms", "+447700900123")
PHONE = Destination("phone", "arn:aws:sns:us-west-2:000000000000:endpoint/APNS/app/1")
SEALS = Seals("key")
ACCEPTED = Answers(b"<PublishResponse><PublishResult><MessageId>sns-1</MessageId></PublishResult></PublishResponse>")


def mail() -> SesMail:
    return SesMail("Almoner <hello@almoner.example>", "almoner", UnsubscribeLinks(SEALS, "https://api.example.org/v1"))


def refused(code: str, status: int) -> Answers:
    """As SES (JSON) and SNS (XML) say it."""
    xml = f"<ErrorResponse><Error><Code>{code}</Code><Message>no</Message></Error></ErrorResponse>"
    return Answers(xml.encode(), status, {"x-amzn-ErrorType": code})


def test_mail_can_be_unsubscribed_from_by_one_click(aws: AwsServer) -> None:
    aws.outcomes.append(answers({"MessageId": "ses-1"}))
    assert mail().send(ADA, a_row()) == "ses-1"
    sent = aws.requests[-1].json
    simple = sent["Content"]["Simple"]
    headers = {header["Name"]: header["Value"] for header in simple["Headers"]}
    assert sent["Destination"] == {"ToAddresses": ["ada@example.org"]}
    assert (sent["ConfigurationSetName"], simple["Subject"]["Data"]) == ("almoner", "A message")
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = headers["List-Unsubscribe"]
    assert link.startswith("<https://api.example.org/v1/unsubscribe/")
    token = link.removesuffix(">").rpartition("/")[2]
    assert read_token(SEALS, token) == (Channel.EMAIL, "ada", "messages")
    with pytest.raises(BrokenSeal):
        read_token(Seals("another key"), token)
    [tag] = sent["EmailTags"]
    assert outbox_id_in(tag["Value"]) == a_row().outbox_id


def test_what_is_always_sent_has_no_link(aws: AwsServer) -> None:
    aws.outcomes.append(answers({"MessageId": "ses-1"}))
    mail().send(ADA, a_row(category=None))
    [header] = aws.requests[-1].json["Content"]["Simple"]["Headers"]
    assert header["Name"] == "Auto-Submitted"


def test_tag_has_only_what_ses_takes() -> None:
    for outbox_id in ("e#ada#email", "ünïcode:§/?#ada#email"):
        assert outbox_tag(outbox_id).replace("-", "").replace("_", "").isalnum()
        assert outbox_id_in(outbox_tag(outbox_id)) == outbox_id


@pytest.mark.parametrize(("sender_id", "number"), [("Almoner", "+447700900000"), ("", "")])
def test_sms_comes_from_the_charity(sender_id: str, number: str, aws: AwsServer) -> None:
    aws.outcomes.append(ACCEPTED)
    assert SnsSms(sender_id, number).send(NUMBER, a_row(Channel.SMS)) == "sns-1"
    sent = parse_qs(aws.requests[-1].body.decode())
    assert sent["PhoneNumber"] == ["+447700900123"]
    assert sent["Message"] == ["A message"]
    values = [value for name, [value] in sent.items() if name.endswith("Value.StringValue")]
    assert values == ["Transactional", *filter(None, [sender_id, number])]


def test_push_message_is_for_both_platforms_and_fits(aws: AwsServer) -> None:
    aws.outcomes.append(ACCEPTED)
    row = a_row(Channel.PUSH, content=Push("A title", "long " * 1000, {"notificationId": "n1"}))
    assert SnsPush(lambda: NOW).send(PHONE, row) == "sns-1"
    sent = parse_qs(aws.requests[-1].body.decode())
    texts = json.loads(sent["Message"][0])
    assert json.loads(texts["APNS"])["notificationId"] == "n1"
    assert json.loads(texts["GCM"])["fcmV1Message"]["message"]["data"] == {"notificationId": "n1"}
    assert all(len(text.encode()) < 4096 for text in texts.values())
    assert ["86400"] in sent.values()


SENDERS: dict[str, tuple[Callable[[], Provider], Destination, Channel]] = {
    "mail": (mail, ADA, Channel.EMAIL),
    "sms": (lambda: SnsSms("", ""), NUMBER, Channel.SMS),
    "push": (SnsPush, PHONE, Channel.PUSH),
}


def attempt(way: str) -> None:
    make, destination, channel = SENDERS[way]
    make().send(destination, a_row(channel))


@pytest.mark.parametrize("way", SENDERS)
@pytest.mark.parametrize(
    "outcome",
    [
        HangsUp(),
        Answers(b"", announced_bytes=10),
        Answers(b"no answer of AWS"),
        refused("InternalError", 500),
        refused("BadGateway", 502),
    ],
    ids=["connection lost", "answer cut off", "not an answer", "failed", "bad gateway"],
)
def test_lost_answer_is_unknown_and_the_call_is_made_once(way: str, outcome: object, aws: AwsServer) -> None:
    aws.outcomes.append(outcome)  # type: ignore[arg-type]
    with pytest.raises(OutcomeUnknown):
        attempt(way)
    assert len(aws.requests) == 1


@pytest.mark.parametrize("way", SENDERS)
@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("Throttling", 400),
        ("TooManyRequestsException", 429),
        ("ServiceUnavailable", 503),
        ("AccessDenied", 403),
        ("AccountSuspendedException", 400),
    ],
)
def test_what_was_not_accepted_may_be_tried_again(way: str, code: str, status: int, aws: AwsServer) -> None:
    aws.outcomes.append(refused(code, status))
    with pytest.raises(NotAccepted) as later:
        attempt(way)
    assert later.value.reason == code
    assert len(aws.requests) == 1


@pytest.mark.parametrize(
    ("way", "code", "reason", "gone"),
    [
        ("mail", "BadRequestException", "bad request", False),
        ("sms", "InvalidParameter", "bad number", False),
        ("sms", "OptedOut", "opted out", False),
        ("push", "EndpointDisabled", "disabled", True),
        ("push", "InvalidParameter", "gone", True),
    ],
)
def test_what_will_never_be_accepted_is_refused(way: str, code: str, reason: str, gone: bool, aws: AwsServer) -> None:
    aws.outcomes.append(refused(code, 400))
    with pytest.raises(Refused) as refusal:
        attempt(way)
    assert (refusal.value.reason, refusal.value.gone) == (reason, gone)


@pytest.mark.usefixtures("out_of_reach")
@pytest.mark.parametrize("way", SENDERS)
def test_without_a_connection_nothing_was_sent(way: str) -> None:
    with pytest.raises(NotAccepted, match="out of reach"):
        attempt(way)


@pytest.mark.usefixtures("out_of_reach")
def test_sender_takes_its_own_rows_only() -> None:
    with pytest.raises(TypeError):
        mail().send(ADA, a_row(Channel.SMS))
    assert providers.READ_SECONDS < 15
