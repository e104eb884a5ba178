"""Mail by SES, SMS and push messages by SNS: each call is made once.

Neither takes a key that would make a second call harmless. So what is left open by a lost answer stays open, and only
what says that nothing was done is tried again.
"""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore import exceptions
from botocore.exceptions import ClientError

from communications.sending.domain.outbox import Mail, OutboxRow, Push, Sms
from communications.sending.domain.sending import Destination, NotAccepted, OutcomeUnknown, Refused
from communications.sending.domain.unsubscribing import UnsubscribeLinks
from shared.aws.clients import client
from shared.aws.failures import code, is_throttled, status
from shared.observability.logs import logger, without_message

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sesv2.type_defs import MessageHeaderTypeDef
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sns.type_defs import MessageAttributeValueTypeDef

READ_SECONDS = 8.0
_UTF8 = "UTF-8"
_MAX_PUSH_BODY = 500
"""Characters: APNs takes 4 KB altogether."""
OUTBOX_TAG = "outbox"
_NEVER_SENT = (
    exceptions.ConnectTimeoutError,
    exceptions.EndpointConnectionError,
    exceptions.ProxyConnectionError,
    exceptions.CredentialRetrievalError,
    exceptions.NoCredentialsError,
)


@contextmanager
def _outcomes(refusals: Mapping[str, str], *, gone: frozenset[str] = frozenset()) -> Iterator[None]:
    """`refusals` are AWS's codes of what will never be accepted, and what they mean."""
    try:
        yield
    except ClientError as error:
        name = code(error)
        if name in refusals:
            raise Refused(refusals[name], gone=name in gone) from error
        # below 500, somebody has to correct the environment meanwhile; of a 503, the service has not taken the request
        if is_throttled(error) or status(error) < 500 or status(error) == 503:
            raise NotAccepted(name) from error
        raise OutcomeUnknown from error
    except _NEVER_SENT as error:
        raise NotAccepted("out of reach") from error
    except exceptions.ParamValidationError as error:
        raise Refused("not valid") from error
    except Exception as error:  # whatever it is, the request may have arrived
        logger.warning("answer lost", extra=without_message(error))
        raise OutcomeUnknown from error


class SesMail:
    """`sender` is an address with a name, such as Almoner <hello@example.org>."""

    def __init__(self, sender: str, configuration_set: str, links: UnsubscribeLinks) -> None:
        self._ses: SESV2Client = client("sesv2", attempts=1, read_seconds=READ_SECONDS)
        self._sender, self._configuration_set, self._links = sender, configuration_set, links

    def send(self, destination: Destination, row: OutboxRow) -> str:
        """One SendEmail, tagged with the row, so that events find it."""
        mail = _content(row, Mail)
        with _outcomes({"BadRequestException": "bad request"}):
            answer = self._ses.send_email(
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": [destination.address]},
                Content={
                    "Simple": {
                        "Subject": {"Data": mail.subject, "Charset": _UTF8},
                        "Body": {
                            "Text": {"Data": mail.text, "Charset": _UTF8},
                            "Html": {"Data": mail.html, "Charset": _UTF8},
                        },
                        "Headers": self._headers(row),
                    }
                },
                ConfigurationSetName=self._configuration_set,
                EmailTags=[{"Name": OUTBOX_TAG, "Value": outbox_tag(row.outbox_id)}],
            )
            return answer["MessageId"]

    def _headers(self, row: OutboxRow) -> "list[MessageHeaderTypeDef]":
        headers: list[MessageHeaderTypeDef] = [{"Name": "Auto-Submitted", "Value": "auto-generated"}]
        if link := self._links.of(row):
            headers += [
                {"Name": "List-Unsubscribe", "Value": f"<{link}>"},
                {"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"},
            ]
        return headers


class SnsSms:
    """`sender_id` and `origination_number` are the charity's in the recipients' countries; each may be empty."""

    def __init__(self, sender_id: str, origination_number: str) -> None:
        self._sns: SNSClient = client("sns", attempts=1, read_seconds=READ_SECONDS)
        attributes = {
            "AWS.SNS.SMS.SMSType": "Transactional",
            "AWS.SNS.SMS.SenderID": sender_id,
            "AWS.MM.SMS.OriginationNumber": origination_number,
        }
        self._attributes = {name: _text(value) for name, value in attributes.items() if value}

    def send(self, destination: Destination, row: OutboxRow) -> str:
        """One Publish to the number, not to a topic: whoever subscribes to one gets everybody's messages."""
        sms = _content(row, Sms)
        with _outcomes(
            {
                "InvalidParameter": "bad number",
                "InvalidParameterValue": "bad number",
                "ValidationException": "bad number",
                "OptedOut": "opted out",
            }
        ):
            answer = self._sns.publish(
                PhoneNumber=destination.address, Message=sms.text, MessageAttributes=self._attributes
            )
            return answer["MessageId"]


class SnsPush:
    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._sns: SNSClient = client("sns", attempts=1, read_seconds=READ_SECONDS)
        self._clock = clock

    def send(self, destination: Destination, row: OutboxRow) -> str:
        """One Publish to the device's endpoint; of no more use, the push services drop it."""
        push = _content(row, Push)
        seconds = str(max(0, int((row.drop_after - self._clock()).total_seconds())))
        attributes = {
            "AWS.SNS.MOBILE.APNS.PUSH_TYPE": "alert",
            "AWS.SNS.MOBILE.APNS.TTL": seconds,
            "AWS.SNS.MOBILE.FCM.TTL": seconds,
        }
        gone = {"EndpointDisabled": "disabled", "NotFound": "gone", "InvalidParameter": "gone"}
        with _outcomes(gone, gone=frozenset(gone)):
            answer = self._sns.publish(
                TargetArn=destination.address,
                MessageStructure="json",
                Message=json.dumps(_of_platforms(push)),
                MessageAttributes={name: _text(value) for name, value in attributes.items()},
            )
            return answer["MessageId"]


def _content[C](row: OutboxRow, kind: type[C]) -> C:
    if not isinstance(row.content, kind):
        raise TypeError(f"a row of {row.channel} has come to the wrong sender")
    return row.content


def outbox_tag(outbox_id: str) -> str:
    """As SES takes a tag's value: letters, digits, `-` and `_`."""
    return base64.urlsafe_b64encode(outbox_id.encode()).decode().rstrip("=")


def outbox_id_in(tag: str) -> str:
    """Raises ValueError for what `outbox_tag` has not made."""
    return base64.urlsafe_b64decode(tag + "=" * (-len(tag) % 4)).decode()


def _of_platforms(push: Push) -> dict[str, str]:
    body = push.body if len(push.body) <= _MAX_PUSH_BODY else f"{push.body[: _MAX_PUSH_BODY - 1]}…"
    apple: dict[str, Any] = {**push.data, "aps": {"alert": {"title": push.title, "body": body}}}
    google = {"message": {"notification": {"title": push.title, "body": body}, "data": dict(push.data)}}
    return {
        "default": push.title,
        "APNS": json.dumps(apple),
        "APNS_SANDBOX": json.dumps(apple),
        "GCM": json.dumps({"fcmV1Message": google}),
    }


def _text(value: str) -> "MessageAttributeValueTypeDef":
    return {"DataType": "String", "StringValue": value}
