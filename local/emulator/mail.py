"""SES, version 2, and user pools: mail as it was sent, in a folder; suppressed addresses; events of configuration sets.

MAIL_DIR is the folder, which outlives the emulator. Addresses of the mailbox simulator bounce and complain as on AWS.
"""

import base64
import json
import os
import time
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from email.utils import getaddresses, parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from ministack.core import iam_actions
from ministack.core.responses import json_response
from ministack.services import cognito, eventbridge, ses, ses_v2

from local.emulator.provisioning import Answer, Json

SENDING = ("POST", "/v2/email/outbound-emails")
SUPPRESSED = "/v2/email/suppression/addresses"
SIMULATOR = "@simulator.amazonses.com"
DETAIL_TYPES = {"Send": "Sent", "Delivery": "Delivered", "Bounce": "Bounced", "Complaint": "Complaint Received"}

_POLICY = policy.SMTP.clone(max_line_length=998)
"""Shorter lines would have links encoded that are longer than a line."""

type Outcome = tuple[str, str | None]
"""What becomes of a recipient's mail: Delivery, Bounce or Complaint, and the subtype of a bounce."""


def keep_mail() -> None:
    """Write delivered mail to the folder, with all headers and parts; MiniStack forgets most of them."""
    handle = ses_v2.handle_request

    async def handle_and_keep(method: str, path: str, headers: Any, body: bytes, query: Any) -> Answer:
        if (method, path.rstrip("/")) != SENDING:
            answer: Answer = await handle(method, path, headers, body, query)
            return answer
        request = json.loads(body)
        mail = _parse_raw(request) or _compose(request)
        request.setdefault("FromEmailAddress", mail["From"])
        request.setdefault("Destination", {"ToAddresses": [a for _, a in getaddresses(mail.get_all("To", []))]})
        answer = await handle(method, path, headers, json.dumps(request).encode(), query)
        if answer[0] == 200 and any(("Delivery", None) in _outcomes(address) for address in _recipients(request)):
            _write(json.loads(answer[2])["MessageId"], mail)
        return answer

    ses_v2.handle_request = handle_and_keep


def keep_mail_of_user_pools() -> None:
    """Write what user pools send to the folder, too: codes and first passwords."""
    deliver = cognito._deliver_cognito_email

    def deliver_and_keep(pool: Json, to: str, subject: str, body: str, *more: Any, **named: Any) -> Any:
        message_id = deliver(pool, to, subject, body, *more, **named)
        if message_id and ("Delivery", None) in _outcomes(to):
            kind = "Html" if cognito._looks_like_html(body) else "Text"
            content = {"Subject": {"Data": subject}, "Body": {kind: {"Data": body}}}
            sender = cognito._resolve_email_sender(pool)[0]
            request = {"FromEmailAddress": sender, "Destination": {"ToAddresses": [to]}, "Content": {"Simple": content}}
            _write(message_id, _compose(request))
        return message_id

    cognito._deliver_cognito_email = deliver_and_keep


def keep_suppressed_addresses() -> None:
    """Keep the account's list of addresses to which nothing is delivered."""
    handle = ses_v2.handle_request

    async def handle_suppression(method: str, path: str, headers: Any, body: bytes, query: Any) -> Answer:
        if not path.startswith(SUPPRESSED):
            answer: Answer = await handle(method, path, headers, body, query)
            return answer
        address = unquote(path.removeprefix(SUPPRESSED).strip("/")).lower()
        return _put_suppressed(json.loads(body)) if method == "PUT" else _suppressed_address(method, address)

    ses_v2.handle_request = handle_suppression


def publish_events() -> None:
    """Tell a configuration set's destinations of mail that was sent, delivered, bounced or complained about."""
    handle = ses_v2.handle_request

    async def handle_and_publish(method: str, path: str, headers: Any, body: bytes, query: Any) -> Answer:
        request = json.loads(body) if (method, path.rstrip("/")) == SENDING else {}
        configuration = request.get("ConfigurationSetName")
        if configuration and configuration not in ses_v2._config_sets:
            missing: Answer = ses_v2._missing_config_set(configuration)
            return missing
        answer: Answer = await handle(method, path, headers, body, query)
        if configuration and answer[0] == 200:
            _publish(ses_v2._config_sets[configuration], request, json.loads(answer[2])["MessageId"])
        return answer

    ses_v2.handle_request = handle_and_publish


def authorize_by_identity() -> None:
    """Sending is a right to the sender's identity, its address or domain; MiniStack checks it on everything.

    It is another right for raw mail, although the call is the same.
    """
    resource_of, action_of = iam_actions._ses_v2_resource_arn, iam_actions.extract_iam_action

    def raw_or_composed(service: str, method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
        is_raw = service == "ses" and (method, path.rstrip("/")) == SENDING and "Raw" in json.loads(body)["Content"]
        return "ses:SendRawEmail" if is_raw else action_of(service, method, path, headers, body, query)

    def identity_of(method: str, path: str, body: bytes, region: str, account: str) -> str:
        if (method, path.rstrip("/")) != SENDING:
            return str(resource_of(method, path, body, region, account))
        address = parseaddr(json.loads(body).get("FromEmailAddress", ""))[1]
        identity = address if address in ses_v2._identities else address.rpartition("@")[2]
        return f"arn:aws:ses:{region}:{account}:identity/{identity}"

    iam_actions._ses_v2_resource_arn = identity_of
    iam_actions.extract_iam_action = raw_or_composed


def _parse_raw(request: Json) -> Message | None:
    raw = request["Content"].get("Raw")
    return message_from_bytes(base64.b64decode(raw["Data"]), policy=_POLICY) if raw else None


def _compose(request: Json) -> Message:
    """The message that SES makes of a simple request."""
    content, destination = request["Content"].get("Simple", {}), request.get("Destination", {})
    mail = EmailMessage(policy=_POLICY)
    addresses = {
        "From": [request.get("FromEmailAddress", "")],
        "To": destination.get("ToAddresses", []),
        "Cc": destination.get("CcAddresses", []),
        "Reply-To": request.get("ReplyToAddresses", []),
    }
    for name, values in addresses.items():
        if values:
            mail[name] = ", ".join(values)
    mail["Subject"] = content.get("Subject", {}).get("Data", "")
    mail["Date"] = datetime.now(UTC)
    for header in content.get("Headers", []):
        mail[header["Name"]] = header["Value"]
    body = content.get("Body", {})
    mail.set_content(body.get("Text", {}).get("Data", ""))
    if "Html" in body:
        mail.add_alternative(body["Html"]["Data"], subtype="html")
    for part in content.get("Attachments", []):
        main, _, sub = part.get("ContentType", "application/octet-stream").partition("/")
        data = base64.b64decode(part["RawContent"])
        mail.add_attachment(data, maintype=main, subtype=sub, filename=part["FileName"])
    return mail


def _write(message_id: str, mail: Message) -> None:
    """Name the file by time, so that the newest is the last."""
    if folder := os.environ.get("MAIL_DIR"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}-{message_id.partition('@')[0]}.eml"
        (Path(folder) / name).write_bytes(mail.as_bytes())


def _suppressed() -> Json:
    """By address in lower case; where MiniStack keeps it over a restart."""
    found: Json = ses._account_details.setdefault("suppressed", {})
    return found


def _put_suppressed(request: Json) -> Answer:
    _suppressed()[request["EmailAddress"].lower()] = request | {"LastUpdateTime": int(time.time())}
    answer: Answer = json_response({})
    return answer


def _suppressed_address(method: str, address: str) -> Answer:
    answer: Answer
    if not address:
        answer = json_response({"SuppressedDestinationSummaries": list(_suppressed().values())})
    elif address not in _suppressed():
        message = f"Email address {address} does not exist on your suppression list."
        answer = ses_v2._json_err("NotFoundException", message, 404)
    elif method == "DELETE":
        del _suppressed()[address]
        answer = json_response({})
    else:
        answer = json_response({"SuppressedDestination": _suppressed()[address]})
    return answer


def _recipients(request: Json) -> list[str]:
    return [parseaddr(address)[1] for group in request["Destination"].values() for address in group]


def _outcomes(address: str) -> tuple[Outcome, ...]:
    if address.lower() in _suppressed():
        return (("Bounce", "Suppressed"),)
    if address.lower().endswith(SIMULATOR):
        label = address.lower().partition("@")[0].partition("+")[0]
        found: tuple[Outcome, ...] = ses._SIMULATOR_OUTCOMES.get(label, (("Delivery", None),))
        return found
    return (("Delivery", None),)


def _publish(configuration: Json, request: Json, message_id: str) -> None:
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    recipients = _recipients(request)
    mail = {
        "timestamp": now,
        "messageId": message_id,
        "source": request["FromEmailAddress"],
        "destination": recipients,
        "tags": {
            "ses:configuration-set": [request["ConfigurationSetName"]],
            **{tag["Name"]: [tag["Value"]] for tag in request.get("EmailTags", [])},
        },
    }
    events: list[Json] = [{"eventType": "Send", "mail": mail, "send": {}}]
    for address in recipients:
        for kind, subtype in _outcomes(address):
            detail = ses._notification_detail(kind, address, now, subtype)
            if address.lower() in _suppressed():
                detail["bounce"]["bounceSubType"] = "OnAccountSuppressionList"
            events.append({"eventType": kind, "mail": mail | {"destination": [address]}, **detail})
    for destination in (configuration.get("EventDestinations") or {}).values():
        for event in events:
            if destination["Enabled"] and event["eventType"].upper() in destination["MatchingEventTypes"]:
                _publish_to(destination, event)


def _publish_to(destination: Json, event: Json) -> None:
    if topic := destination.get("SnsDestination"):
        ses._publish_notification(topic["TopicArn"], event)
    if bus := destination.get("EventBridgeDestination"):
        entry = {
            "Source": "aws.ses",
            "DetailType": f"Email {DETAIL_TYPES[event['eventType']]}",
            "Detail": json.dumps(event),
            "EventBusName": bus["EventBusArn"],
        }
        eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)
