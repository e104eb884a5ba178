"""Devices in DynamoDB, and their endpoints of SNS."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Self

from botocore.exceptions import ClientError
from pynamodb.attributes import UnicodeAttribute

from communications.sending.domain.devices import Device, Platform, PushOff
from shared.aws.clients import client
from shared.aws.failures import code, unavailable_where_out_of_reach
from shared.dynamodb.attributes import MomentAttribute
from shared.dynamodb.records import Record, select
from shared.dynamodb.transactions import Transaction
from shared.errors import Invalid, Unavailable
from shared.persistence.unit_of_work import WriteRefused

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

_ATTEMPTS = 4
_OWNER = "owner"


class DeviceRecord(Record):
    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    device_id = UnicodeAttribute(range_key=True, attr_name="deviceId")
    platform = UnicodeAttribute()
    endpoint_arn = UnicodeAttribute(attr_name="endpointArn")
    registered_at = MomentAttribute(attr_name="registeredAt")

    @classmethod
    def of(cls, user_id: str, device: Device) -> Self:
        return cls(
            user_id,
            device.device_id,
            platform=device.platform.value,
            endpoint_arn=device.endpoint_arn,
            registered_at=device.registered_at,
        )

    def to_device(self) -> Device:
        return Device(
            device_id=self.device_id,
            platform=Platform(self.platform),
            endpoint_arn=self.endpoint_arn,
            registered_at=self.registered_at,
        )


class OwnerRecord(Record):
    """Whose a device is: among the devices, under a key that is no user's."""

    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    device_id = UnicodeAttribute(range_key=True, attr_name="deviceId")
    owner = UnicodeAttribute()


class DynamoDevices:
    """The Devices table."""

    def __init__(self, devices_table: str) -> None:
        self._devices, self._owners = DeviceRecord.at(devices_table), OwnerRecord.at(devices_table)

    def of_user(self, user_id: str) -> Sequence[Device]:
        """One consistent Query."""
        devices = [record.to_device() for record in select(self._devices, user_id)]
        return sorted(devices, key=lambda device: device.registered_at, reverse=True)

    def add(self, user_id: str, device: Device) -> None:
        """One GetItem, and one transaction: the device, its owner, and that it is not the former one's any more."""
        for _ in range(_ATTEMPTS):
            former = self._owner(device.device_id)
            transaction = Transaction()
            owner = self._owner_record(device.device_id, user_id)
            is_as_read = OwnerRecord.owner.does_not_exist() if former is None else OwnerRecord.owner == former
            transaction.save(_OWNER, owner, is_as_read)
            transaction.save("device", self._devices.of(user_id, device))
            if former not in (None, user_id):
                transaction.remove("former", self._devices(former, device.device_id))
            try:
                transaction.commit()
            except WriteRefused:
                continue
            return
        raise Unavailable("The device keeps changing hands; try again.", retry_after_seconds=2)

    def remove(self, user_id: str, device_id: str) -> Device | None:
        """One GetItem, and one transaction."""
        record = self._devices.find(user_id, device_id)
        if record is None:
            return None
        transaction = Transaction()
        transaction.remove(_OWNER, self._owner_record(device_id, user_id), OwnerRecord.owner == user_id)
        transaction.remove("device", record)
        try:
            transaction.commit()
        except WriteRefused:  # somebody else's since then
            return None
        return record.to_device()

    def _owner(self, device_id: str) -> str | None:
        record = self._owners.find(*_owner_key(device_id))
        return record.owner if record else None

    def _owner_record(self, device_id: str, owner: str) -> OwnerRecord:
        return self._owners(*_owner_key(device_id), owner=owner)


def _owner_key(device_id: str) -> tuple[str, str]:
    return f"device#{device_id}", _OWNER


class SnsEndpoints:
    """`applications` are the ARNs of the platform applications that there are."""

    def __init__(self, applications: Mapping[Platform, str]) -> None:
        self._sns: SNSClient = client("sns")
        self._applications = applications

    def create(self, platform: Platform, token: str) -> str:
        """One CreatePlatformEndpoint, and one SetEndpointAttributes: it may have been disabled."""
        application = self._applications.get(platform)
        if application is None:
            raise PushOff(platform)
        try:
            with unavailable_where_out_of_reach():
                arn = self._sns.create_platform_endpoint(PlatformApplicationArn=application, Token=token)["EndpointArn"]
                self._sns.set_endpoint_attributes(EndpointArn=arn, Attributes={"Enabled": "true", "Token": token})
        except ClientError as error:
            if code(error) in ("InvalidParameter", "InvalidParameterException"):
                raise Invalid(f"This is no token of {platform}.") from error
            raise
        return arn

    def delete(self, endpoint_arn: str) -> None:
        """One DeleteEndpoint."""
        with unavailable_where_out_of_reach():
            self._sns.delete_endpoint(EndpointArn=endpoint_arn)
