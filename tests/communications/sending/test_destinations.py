"""Where users can be reached, and what SNS says of numbers."""

import json
from dataclasses import replace

import pytest

from communications.sending.adapters.destinations import MailAddresses, PhoneNumbers, PushDevices
from communications.sending.domain.devices import DeviceRegistration, Platform
from communications.sending.domain.sending import Destination
from shared.errors import Unavailable
from tests.communications.examples import NOW, a_user, number_of
from tests.communications.sending.fakes import FakeDevices, FakeEndpoints
from tests.communications.users.fakes import FakeUsers
from tests.shared.aws.aws_server import Answers, AwsServer

NUMBER = number_of("ada")


def test_mail_goes_to_the_address_of_the_record() -> None:
    addresses = MailAddresses(FakeUsers(a_user("ada")))
    assert addresses.of_user("ada") == [Destination("email", "ada@example.org")]
    assert addresses.of_user("nobody") == []
    assert MailAddresses(FakeUsers(replace(a_user("ada"), email=""))).of_user("ada") == []
    assert addresses.problem(Destination("email", "ada@example.org")) is None
    addresses.forget("ada", Destination("email", "ada@example.org"))
    assert addresses.of_user("ada")


@pytest.mark.usefixtures("aws")
def test_sms_go_to_the_number_of_the_record_if_there_is_one() -> None:
    users = FakeUsers(a_user("ada"), replace(a_user("bob"), phone=None))
    numbers = PhoneNumbers(users, sandbox=False)
    assert numbers.of_user("ada") == [Destination("sms", NUMBER)]
    assert numbers.of_user("bob") == numbers.of_user("nobody") == []
    assert numbers.problem(Destination("sms", "07700 900123")) == "bad number"


def test_push_messages_go_to_the_devices_that_are_registered() -> None:
    registration = DeviceRegistration(FakeDevices(), FakeEndpoints())
    device = registration.register("ada", Platform.FCM, "token", NOW)
    devices = PushDevices(registration)
    [destination] = devices.of_user("ada")
    assert (destination.id, destination.address) == (device.device_id, device.endpoint_arn)
    assert devices.problem(destination) is None
    devices.forget("ada", destination)
    assert devices.of_user("ada") == []


def opted_out(is_opted_out: bool) -> Answers:
    name = "CheckIfPhoneNumberIsOptedOut"
    flag = json.dumps(is_opted_out)
    return Answers(
        f"<{name}Response><{name}Result><isOptedOut>{flag}</isOptedOut></{name}Result></{name}Response>".encode()
    )


def sandbox(*numbers: tuple[str, str]) -> Answers:
    members = "".join(
        f"<member><PhoneNumber>{number}</PhoneNumber><Status>{status}</Status></member>" for number, status in numbers
    )
    name = "ListSMSSandboxPhoneNumbers"
    return Answers(
        f"<{name}Response><{name}Result><PhoneNumbers>{members}</PhoneNumbers></{name}Result></{name}Response>".encode()
    )


@pytest.mark.parametrize(
    ("in_sandbox", "outcomes", "problem"),
    [
        (False, [opted_out(False)], None),
        (False, [opted_out(True)], "opted out"),
        (True, [opted_out(False), sandbox((NUMBER, "Verified"))], None),
        (True, [opted_out(False), sandbox((NUMBER, "Pending"))], "not verified in the sandbox"),
        (True, [opted_out(False), sandbox()], "not verified in the sandbox"),
    ],
)
def test_number_has_a_problem(in_sandbox: bool, outcomes: list[Answers], problem: str | None, aws: AwsServer) -> None:
    aws.outcomes.extend(outcomes)
    assert PhoneNumbers(FakeUsers(), sandbox=in_sandbox).problem(Destination("sms", NUMBER)) == problem


@pytest.mark.usefixtures("out_of_reach")
def test_number_that_nobody_can_look_up_waits() -> None:
    with pytest.raises(Unavailable):
        PhoneNumbers(FakeUsers(), sandbox=False).problem(Destination("sms", NUMBER))
