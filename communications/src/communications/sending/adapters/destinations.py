"""Where users can be reached: addresses and numbers of their records, and their devices."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from communications.sending.domain.devices import DeviceRegistration
from communications.sending.domain.sending import Destination
from communications.sending.domain.sms import is_phone_number
from communications.users.domain.users import Users
from shared.aws.clients import client
from shared.aws.failures import unavailable_where_out_of_reach

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient


class MailAddresses:
    def __init__(self, users: Users) -> None:
        self._users = users

    def of_user(self, user_id: str) -> Sequence[Destination]:
        """One GetItem."""
        user = self._users.find(user_id)
        return [Destination("email", user.email)] if user and user.email else []

    def problem(self, destination: Destination) -> str | None:  # noqa: ARG002  what bounces is suppressed
        return None

    def forget(self, user_id: str, destination: Destination) -> None:
        """It is the user pool's."""


class PhoneNumbers:
    """`sandbox` is whether SNS sends to verified numbers only."""

    def __init__(self, users: Users, *, sandbox: bool) -> None:
        self._users, self._sandbox = users, sandbox
        self._sns: SNSClient = client("sns")

    def of_user(self, user_id: str) -> Sequence[Destination]:
        """One GetItem."""
        user = self._users.find(user_id)
        return [Destination("sms", user.phone)] if user and user.phone else []

    def problem(self, destination: Destination) -> str | None:
        """One CheckIfPhoneNumberIsOptedOut; in the sandbox, the list of verified numbers."""
        if not is_phone_number(destination.address):
            return "bad number"
        with unavailable_where_out_of_reach():
            if self._sns.check_if_phone_number_is_opted_out(phoneNumber=destination.address)["isOptedOut"]:
                return "opted out"
            if self._sandbox and destination.address not in self._verified():
                return "not verified in the sandbox"
        return None

    def forget(self, user_id: str, destination: Destination) -> None:
        """It is the user's."""

    def _verified(self) -> set[str]:
        pages = self._sns.get_paginator("list_sms_sandbox_phone_numbers").paginate()
        return {
            number["PhoneNumber"] for page in pages for number in page["PhoneNumbers"] if number["Status"] == "Verified"
        }


class PushDevices:
    def __init__(self, registration: DeviceRegistration) -> None:
        self._registration = registration

    def of_user(self, user_id: str) -> Sequence[Destination]:
        """One Query."""
        devices = self._registration.devices.of_user(user_id)
        return [Destination(device.device_id, device.endpoint_arn) for device in devices]

    def problem(self, destination: Destination) -> str | None:  # noqa: ARG002  SNS says so
        return None

    def forget(self, user_id: str, destination: Destination) -> None:
        """Apps register anew when they start."""
        self._registration.remove(user_id, destination.id)
