"""What whoever keeps devices must do, in memory and in DynamoDB; and the endpoints of SNS."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import boto3
import pytest

from communications.sending.adapters.devices import DynamoDevices, SnsEndpoints
from communications.sending.adapters.providers import SnsPush
from communications.sending.domain.devices import Device, Devices, Platform, PushOff
from communications.sending.domain.outbox import Channel
from communications.sending.domain.sending import Destination, Refused
from local.workspace import ROOT
from shared.errors import Unavailable
from tests.communications.sending.examples import NOW, a_row
from tests.communications.sending.fakes import FakeDevices
from tests.shared.dynamodb.dynamodb_tables import tables_like

PHONE = Device(device_id="phone", platform=Platform.APNS, endpoint_arn="arn:phone", registered_at=NOW)
TABLET = replace(PHONE, device_id="tablet", platform=Platform.FCM, registered_at=NOW + timedelta(days=1))


class DevicesContract:
    def test_the_last_one_comes_first(self, devices: Devices) -> None:
        assert devices.of_user("ada") == []
        for device in (PHONE, TABLET, PHONE):
            devices.add("ada", device)
        assert devices.of_user("ada") == [TABLET, PHONE]

    def test_device_belongs_to_whoever_has_registered_it_last(self, devices: Devices) -> None:
        devices.add("ada", PHONE)
        devices.add("bob", PHONE)
        assert devices.of_user("ada") == []
        assert devices.of_user("bob") == [PHONE]
        assert devices.remove("ada", "phone") is None
        assert devices.of_user("bob") == [PHONE]
        devices.add("ada", PHONE)
        assert devices.of_user("ada") == [PHONE]
        assert devices.of_user("bob") == []

    def test_what_is_removed_is_gone(self, devices: Devices) -> None:
        devices.add("ada", PHONE)
        devices.add("ada", TABLET)
        assert devices.remove("ada", "phone") == PHONE
        assert devices.remove("ada", "phone") is None
        assert devices.of_user("ada") == [TABLET]
        devices.add("bob", PHONE)
        assert devices.of_user("bob") == [PHONE]


class TestFakeDevices(DevicesContract):
    @pytest.fixture
    def devices(self) -> Devices:
        return FakeDevices()


@pytest.mark.emulator
class TestDynamoDevices(DevicesContract):
    @pytest.fixture
    def devices(self, local_aws: str) -> Iterator[Devices]:
        with tables_like(local_aws, ROOT / "communications", ["DevicesTable"]) as tables:
            yield DynamoDevices(tables["DevicesTable"])


@pytest.mark.emulator
class TestEndpoints:
    @pytest.fixture
    def sns(self, local_aws: str) -> Any:
        return boto3.Session("test", "test", region_name="us-west-2").client("sns", endpoint_url=local_aws)

    @pytest.fixture
    def endpoints(self, sns: Any) -> SnsEndpoints:
        arn = sns.create_platform_application(Name="app", Platform="GCM", Attributes={})["PlatformApplicationArn"]
        return SnsEndpoints({Platform.FCM: arn})

    def test_token_has_one_endpoint_which_is_enabled_again(self, sns: Any, endpoints: SnsEndpoints) -> None:
        arn = endpoints.create(Platform.FCM, "token-1")
        sns.set_endpoint_attributes(EndpointArn=arn, Attributes={"Enabled": "false"})
        assert endpoints.create(Platform.FCM, "token-1") == arn
        assert sns.get_endpoint_attributes(EndpointArn=arn)["Attributes"]["Enabled"] == "true"
        assert endpoints.create(Platform.FCM, "token-2") != arn

    def test_platform_without_an_application_is_off(self, endpoints: SnsEndpoints) -> None:
        with pytest.raises(PushOff, match="apns are off"):
            endpoints.create(Platform.APNS, "token-1")

    def test_device_that_is_gone_refuses(self, sns: Any, endpoints: SnsEndpoints) -> None:
        push, row, arn = SnsPush(lambda: NOW), a_row(Channel.PUSH), endpoints.create(Platform.FCM, "token-3")
        assert push.send(Destination("phone", arn), row)
        sns.set_endpoint_attributes(EndpointArn=arn, Attributes={"Enabled": "false"})
        for _ in range(2):
            with pytest.raises(Refused) as refused:
                push.send(Destination("phone", arn), row)
            assert refused.value.gone
            endpoints.delete(arn)


@pytest.mark.usefixtures("out_of_reach")
def test_endpoints_out_of_reach_are_unavailable() -> None:
    with pytest.raises(Unavailable):
        SnsEndpoints({Platform.FCM: "arn:aws:sns:us-west-2:000000000000:app/GCM/app"}).create(Platform.FCM, "token")
    with pytest.raises(Unavailable):
        SnsEndpoints({}).delete("arn:aws:sns:us-west-2:000000000000:endpoint/GCM/app/1")
