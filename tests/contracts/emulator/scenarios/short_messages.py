"""SNS: SMS and push messages as they were delivered, and those that are refused."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from botocore.exceptions import ClientError

from local.emulator.process import EmulatorProcess
from local.workspace import free_port
from tests.contracts.emulator.aws import Aws, unique
from tests.contracts.emulator.scenarios.registry import shows

NUMBERS = ("+447700900999", "+447700900123")


def refusal(call: Any, **arguments: Any) -> str:
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "accepted"


def delivered(folder: Path) -> list[Any]:
    return [json.loads(file.read_text()) for file in sorted(folder.glob("*.json"))]


@shows("sms-files", right=["InvalidParameter", True, False, ["+447700900123", "Hello", "Almoner"]])
def sms_are_kept_except_for_those_who_have_opted_out(like: Aws) -> list[object]:
    with TemporaryDirectory() as folder:
        kept = Path(folder) / "messages"
        kept.mkdir()
        (kept / "opted-out").write_text("+447700900999\n")
        settings = {**like.environment, "MESSAGES_DIR": str(kept)}
        with EmulatorProcess(Path(folder), free_port(), environment=settings) as emulator:
            sns = Aws(emulator.endpoint).client("sns")
            found: list[object] = [refusal(sns.publish, PhoneNumber="07700 900123", Message="Hello")]
            try:
                found += [sns.check_if_phone_number_is_opted_out(phoneNumber=each)["isOptedOut"] for each in NUMBERS]
            except ClientError:
                return found
            sender = {"AWS.SNS.SMS.SenderID": {"DataType": "String", "StringValue": "Almoner"}}
            for number in NUMBERS:
                sns.publish(PhoneNumber=number, Message="Hello", MessageAttributes=sender)
        [sms] = delivered(kept)
        return [*found, [sms["to"], sms["text"], sms["attributes"]["AWS.SNS.SMS.SenderID"]]]


@shows("push-files", right=[["token", {"aps": {"alert": "Hello"}}], "EndpointDisabled", "InvalidParameter"])
def push_messages_are_kept_and_devices_may_be_gone(like: Aws) -> list[object]:
    with TemporaryDirectory() as folder:
        kept = Path(folder) / "messages"
        settings = {**like.environment, "MESSAGES_DIR": str(kept)}
        with EmulatorProcess(Path(folder), free_port(), environment=settings) as emulator:
            sns = Aws(emulator.endpoint).client("sns")
            application = sns.create_platform_application(Name="app", Platform="APNS", Attributes={})
            device = sns.create_platform_endpoint(
                PlatformApplicationArn=application["PlatformApplicationArn"], Token="token"
            )["EndpointArn"]
            text = json.dumps({"default": "Hello", "APNS": json.dumps({"aps": {"alert": "Hello"}})})
            message = {"TargetArn": device, "MessageStructure": "json", "Message": text}
            sns.publish(**message)
            sns.set_endpoint_attributes(EndpointArn=device, Attributes={"Enabled": "false"})
            disabled = refusal(sns.publish, **message)
            sns.delete_endpoint(EndpointArn=device)
            gone = refusal(sns.publish, **message)
        found = [[push["to"], push["message"]] for push in delivered(kept)]
        return [*found, disabled, gone]


@shows("push-permissions", right=["accepted", "AuthorizationError"])
def role_registers_devices_of_one_application(aws: Aws) -> list[str]:
    sns = aws.client("sns")
    allowed, other = (
        sns.create_platform_application(Name=unique("app"), Platform="APNS", Attributes={})["PlatformApplicationArn"]
        for _ in range(2)
    )
    of_role = aws.client_of_role("sns", "sns:CreatePlatformEndpoint", on=[allowed])
    return [
        refusal(of_role.create_platform_endpoint, PlatformApplicationArn=application, Token="token")
        for application in (allowed, other)
    ]
