"""SES: mail as it was sent, suppressed addresses, events and permissions."""

import json
from contextlib import suppress
from email import message_from_bytes
from email import policy as policies
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from botocore.exceptions import ClientError

from local.emulator.process import EmulatorProcess
from local.workspace import free_port
from tests.contracts.emulator.aws import Aws, unique
from tests.contracts.emulator.scenarios.registry import shows
from tests.contracts.emulator.scenarios.users import user_pool

SENDER = "Charity <hello@charity.example>"


def mailer(aws: Aws) -> Any:
    """A client with a verified sender."""
    ses = aws.client("sesv2")
    with suppress(ses.exceptions.AlreadyExistsException):
        ses.create_email_identity(EmailIdentity="hello@charity.example")
    return ses


def send(ses: Any, to: str, **more: Any) -> None:
    simple = {"Subject": {"Data": "Thank you"}, "Body": {"Text": {"Data": "Dear Ann"}}}
    ses.send_email(
        **{"FromEmailAddress": SENDER, "Destination": {"ToAddresses": [to]}, "Content": {"Simple": simple}} | more
    )


LINK = f"<http://localhost:5173/{'x' * 120}>"


@shows("mail-files", right=["Thank you", "ann@example.org", LINK, "Dear Ann", True])
def raw_mail_is_kept_with_its_headers(like: Aws) -> list[object]:
    """Over a restart, in a folder of its own; links stay as they are."""
    with TemporaryDirectory() as folder:
        kept = Path(folder) / "mail"
        settings = {**like.environment, "MAIL_DIR": str(kept)}
        emulator = EmulatorProcess(Path(folder), free_port(), persist=True, environment=settings)
        written = EmailMessage(policies.SMTP.clone(max_line_length=998))
        written["From"], written["To"], written["Subject"] = SENDER, "ann@example.org", "Thank you"
        written["List-Unsubscribe"] = LINK
        written.set_content("Dear Ann")
        with emulator:
            mailer(Aws(emulator.endpoint)).send_email(Content={"Raw": {"Data": written.as_bytes()}})
        with emulator:
            files = list(kept.glob("*.eml"))
        if not files:
            return []
        kept_bytes = files[0].read_bytes()
        mail = message_from_bytes(kept_bytes, policy=policies.default)
        is_literal = f"List-Unsubscribe: {LINK}\r\n".encode() in kept_bytes
        return [mail["Subject"], mail["To"], mail["List-Unsubscribe"], mail.get_content().strip(), is_literal]


@shows("cognito-mail", right=["ann@charity.example", "Your verification code is 123456."])
def code_of_a_sign_up_is_kept(like: Aws) -> list[str]:
    with TemporaryDirectory() as folder:
        kept = Path(folder) / "mail"
        settings = {**like.environment, "MAIL_DIR": str(kept)}
        with EmulatorProcess(Path(folder), free_port(), persist=False, environment=settings) as emulator:
            cognito = Aws(emulator.endpoint).client("cognito-idp")
            _, client = user_pool(Aws(emulator.endpoint), AutoVerifiedAttributes=["email"])
            email = [{"Name": "email", "Value": "ann@charity.example"}]
            cognito.sign_up(ClientId=client, Username="ann", Password="Secret-123", UserAttributes=email)
            mails = [message_from_bytes(file.read_bytes(), policy=policies.default) for file in kept.glob("*.eml")]
        return [text for mail in mails for text in (str(mail["To"]), mail.get_content().strip())]


@shows("mail-suppression", right=["COMPLAINT", 1, "NotFoundException"])
def address_is_suppressed_until_it_is_removed(aws: Aws) -> list[object]:
    ses, address = mailer(aws), f"{unique('ann')}@example.org"
    try:
        ses.put_suppressed_destination(EmailAddress=address.upper(), Reason="COMPLAINT")
        reason = ses.get_suppressed_destination(EmailAddress=address)["SuppressedDestination"]["Reason"]
        listed = ses.list_suppressed_destinations()["SuppressedDestinationSummaries"]
        ses.delete_suppressed_destination(EmailAddress=address)
    except ClientError as error:
        return [error.response["Error"]["Code"]]
    try:
        ses.get_suppressed_destination(EmailAddress=address)
    except ses.exceptions.NotFoundException:
        removed = "NotFoundException"
    return [reason, len([item for item in listed if item["EmailAddress"] == address.upper()]), removed]


@shows("mail-events", right=["Send", "Bounce General", "Bounce OnAccountSuppressionList"])
def bounces_are_events(aws: Aws) -> list[str]:
    ses, sns, sqs = mailer(aws), aws.client("sns"), aws.client("sqs")
    configuration, suppressed = unique("mail"), f"{unique('ann')}@example.org"
    queue = sqs.create_queue(QueueName=unique("events"))["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    topic = sns.create_topic(Name=unique("events"))["TopicArn"]
    allowed = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": arn}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})
    ses.create_configuration_set(ConfigurationSetName=configuration)
    destination = {
        "Enabled": True,
        "MatchingEventTypes": ["SEND", "DELIVERY", "BOUNCE", "COMPLAINT"],
        "SnsDestination": {"TopicArn": topic},
    }
    ses.create_configuration_set_event_destination(
        ConfigurationSetName=configuration, EventDestinationName="topic", EventDestination=destination
    )
    with suppress(ses.exceptions.NotFoundException):
        ses.put_suppressed_destination(EmailAddress=suppressed, Reason="BOUNCE")
    both = {"ToAddresses": ["bounce@simulator.amazonses.com", suppressed]}
    send(ses, suppressed, Destination=both, ConfigurationSetName=configuration)
    found = []
    while messages := sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=1).get("Messages", []):
        for message in messages:
            event = json.loads(message["Body"])
            found.append(f"{event['eventType']} {event.get('bounce', {}).get('bounceSubType', '')}".strip())
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    return sorted(found, key=["Send", "Bounce General", "Bounce OnAccountSuppressionList"].index)


@shows("mail-identities", right=["sent", "AccessDeniedException", "AccessDeniedException", "sent"])
def role_sends_as_one_sender(aws: Aws) -> list[str]:
    mailer(aws).create_email_identity(EmailIdentity=(other := f"{unique('other')}@charity.example"))
    ses = aws.client_of_role(
        "sesv2", "ses:SendEmail", on=["arn:aws:ses:us-west-2:000000000000:identity/hello@charity.example"]
    )
    of_raw = aws.client_of_role(
        "sesv2", "ses:SendRawEmail", on=["arn:aws:ses:us-west-2:000000000000:identity/hello@charity.example"]
    )
    raw = {"Raw": {"Data": f"From: {SENDER}\r\nTo: ann@example.org\r\n\r\nDear Ann".encode()}}
    found = []
    for client, more in (
        (ses, {"FromEmailAddress": SENDER}),
        (ses, {"FromEmailAddress": other}),
        (ses, {"Content": raw}),
        (of_raw, {"Content": raw}),
    ):
        try:
            send(client, "ann@example.org", **more)
            found.append("sent")
        except ClientError as error:
            found.append(error.response["Error"]["Code"])
    return found
