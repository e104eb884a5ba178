"""SNS: SMS and push messages as files, so that what the platform sends can be read and counted.

MESSAGES_DIR is the folder, which outlives the emulator. Its file `opted-out` has the numbers, one a line, whose owners
have replied STOP.
"""

import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ministack.core import iam_actions
from ministack.services import sns

from local.emulator.provisioning import Answer, Json

OPTED_OUT = "opted-out"
_E164 = re.compile(r"\+?[1-9][0-9]{6,14}")


def deliver_sms() -> None:
    """Accept SMS to numbers only, and write to the folder those that are delivered: not to who has opted out."""
    publish, handle = sns._publish, sns.handle_request

    def publish_to_number(params: Any) -> Answer:
        number = sns._p(params, "PhoneNumber")
        if number and not _E164.fullmatch(number):
            return _refused(f"Invalid parameter: PhoneNumber Reason: {number} is not valid to publish to")
        answer: Answer = publish(params)
        if number and answer[0] == 200 and number not in _opted_out():
            _write("sms", answer, {"to": number, "text": sns._p(params, "Message"), **_attributes(params)})
        return answer

    async def handle_opt_outs(method: str, path: str, headers: Any, body: bytes, query: Any) -> Answer:
        if b"Action=CheckIfPhoneNumberIsOptedOut" not in body:
            answer: Answer = await handle(method, path, headers, body, query)
            return answer
        number = sns.parse_qs(body.decode())["phoneNumber"][0]
        found = str(number in _opted_out()).lower()
        name = "CheckIfPhoneNumberIsOptedOut"
        checked: Answer = sns._xml(
            200, f"{name}Response", f"<{name}Result><isOptedOut>{found}</isOptedOut></{name}Result>"
        )
        return checked

    sns._publish, sns.handle_request = publish_to_number, handle_opt_outs


def deliver_push() -> None:
    """Write push messages to the folder; endpoints that are disabled, or were deleted, refuse them."""
    publish = sns._publish

    def publish_to_endpoint(params: Any) -> Answer:
        arn = sns._p(params, "TargetArn")
        if ":endpoint/" not in arn:
            answer: Answer = publish(params)
            return answer
        endpoint = sns._platform_endpoints.get(arn)
        if endpoint is None:
            return _refused("Invalid parameter: TargetArn Reason: No endpoint found for the target arn specified")
        if endpoint["attributes"].get("Enabled") != "true":
            disabled: Answer = sns._error("EndpointDisabled", "Endpoint is disabled", 400)
            return disabled
        answer = publish(params)
        platform = endpoint["application_arn"].split("/")[1]
        message = _for_platform(sns._p(params, "Message"), sns._p(params, "MessageStructure"), platform)
        _write("push", answer, {"to": endpoint["attributes"]["Token"], "platform": platform, "message": message})
        return answer

    sns._publish = publish_to_endpoint
    _name_endpoints_as_aws()


def authorize_by_endpoint() -> None:
    """Calls about devices are a right to an endpoint or its application; MiniStack checks them on everything."""
    resource_of = iam_actions.extract_resource_arn

    def endpoint_of(service: str, method: str, path: str, headers: Any, body: bytes, query: Any, *more: str) -> str:
        for name in ("EndpointArn", "PlatformApplicationArn"):
            if service == "sns" and (arn := iam_actions._query_param(query, name)):
                return str(arn)
        return str(resource_of(service, method, path, headers, body, query, *more))

    iam_actions.extract_resource_arn = endpoint_of


def _name_endpoints_as_aws() -> None:
    """arn:…:endpoint/APNS/name/id, by which policies tell endpoints from applications, arn:…:app/APNS/name."""
    create = sns._create_platform_endpoint

    def create_and_rename(params: Any) -> Answer:
        answer: Answer = create(params)
        status, headers, body = answer
        application = sns._p(params, "PlatformApplicationArn")
        for arn in [arn for arn in sns._platform_endpoints if arn.startswith(f"{application}/")]:
            endpoint = sns._platform_endpoints.pop(arn)
            endpoint["arn"] = arn.replace(":app/", ":endpoint/", 1)
            sns._platform_endpoints[endpoint["arn"]] = endpoint
            body = body.replace(arn.encode(), endpoint["arn"].encode())
        return status, headers, body

    sns._create_platform_endpoint = create_and_rename


def _for_platform(message: str, structure: str, platform: str) -> Any:
    if structure != "json":
        return message
    of_platforms = json.loads(message)
    text = of_platforms.get(platform, of_platforms["default"])
    try:
        return json.loads(text)
    except ValueError:
        return text


def _attributes(params: Any) -> Json:
    return {"attributes": {name: value["StringValue"] for name, value in sns._parse_message_attributes(params).items()}}


def _refused(message: str) -> Answer:
    answer: Answer = sns._error("InvalidParameter", message, 400)
    return answer


def _folder() -> Path | None:
    folder = os.environ.get("MESSAGES_DIR")
    return Path(folder) if folder else None


def _opted_out() -> set[str]:
    folder = _folder()
    listed = folder / OPTED_OUT if folder else None
    return set(listed.read_text().split()) if listed and listed.is_file() else set()


def _write(kind: str, answer: Answer, message: Json) -> None:
    """Name the file by time, so that the newest is the last."""
    folder, now = _folder(), datetime.now(UTC)
    found = re.search(rb"<MessageId>(.+?)</MessageId>", answer[2])
    if folder and found:
        folder.mkdir(parents=True, exist_ok=True)
        written = {"kind": kind, "id": found[1].decode(), "at": now.isoformat(timespec="milliseconds"), **message}
        name = f"{now:%Y%m%dT%H%M%S.%f}-{written['id']}.json"
        temporary = folder / f".{name}"
        temporary.write_text(json.dumps(written, ensure_ascii=False, indent=2))
        temporary.rename(folder / name)
