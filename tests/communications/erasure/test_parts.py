"""What communications has of somebody, feature by feature, and how it goes."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest

from communications.conversations.adapters.erasing import ConversationErasing
from communications.conversations.adapters.records import BlockRecord, MembershipRecord, MessageRecord, PointerRecord
from communications.notifications.domain.releasing import DIGEST
from communications.notifications.domain.types import Category
from communications.sending.adapters.devices import DeviceRecord, DynamoDevices, SnsEndpoints
from communications.sending.adapters.erasing import SendingErasing
from communications.sending.adapters.outbox import OutboxRecord
from communications.sending.adapters.suppressions import DynamoSuppressions, SuppressionRecord
from communications.sending.domain.devices import DeviceRegistration, Platform
from communications.sending.domain.outbox import Channel, Mail
from communications.sending.domain.suppressions import Cause, Suppression, address_key, category_key
from local.workspace import ROOT
from tests.communications.sending.examples import a_row
from tests.shared.dynamodb.dynamodb_tables import tables_like
from tests.shared.erasing import LARGE, NOW, ErasingContract, Owned, rows

FOLDER = ROOT / "communications"
CATEGORIES = (*Category, DIGEST)


class OwnedConversations:
    """Each writes to Eve, who keeps her copies."""

    def __init__(self, messages: str, threads: str, memberships: str, blocks: str) -> None:
        self.part = ConversationErasing(messages, threads, memberships, blocks)
        self._messages, self._pointers = MessageRecord.at(messages), PointerRecord.at(threads)
        self._memberships, self._blocks = MembershipRecord.at(memberships), BlockRecord.at(blocks)

    def give(self, user_id: str, *, many: bool = False) -> None:
        for conversation_id in (f"{user_id}-eve", f"{user_id}-eve-mia"):
            for seq in range(1, 40 if many else 3):
                self._message(conversation_id, user_id, seq, LARGE if many else "Hello")
            place: Any = {"unread": 0, "last_seq": 2, "last_message_id": "m2", "cause": "message"}
            self._memberships(user_id, conversation_id, **place).put()
        self._blocks(user_id, "mallory", created_at=NOW).put()

    def of_eve(self, sender_id: str) -> None:
        self._message(f"{sender_id}-eve", "eve", 1, "Hello", sender_id)

    def kept(self) -> list[str]:
        return rows(self._messages, self._pointers, self._memberships, self._blocks)

    def _message(self, conversation_id: str, user_id: str, seq: int, content: str, sender_id: str = "") -> None:
        sender_id, message_id = sender_id or user_id, f"{conversation_id}-{seq}"
        text: Any = {"conversation_id": conversation_id, "sender_id": sender_id, "content": content, "deleted": False}
        when: Any = {"copy": "sender", "version": 1, "seq": seq, "created_at": NOW, "updated_at": NOW}
        self._messages(message_id, user_id, **text, **when).put()
        for thread in ("", "#changes"):
            thread_id = f"{conversation_id}#{user_id}{thread}"
            self._pointers(thread_id, seq, message_id=message_id, sender_id=sender_id).put()


@pytest.mark.emulator
class TestConversations(ErasingContract):
    @pytest.fixture
    def owned(self, local_aws: str) -> Iterator[Owned]:
        wanted = ["MessagesTable", "ThreadsTable", "MembershipsTable", "BlocksTable"]
        with tables_like(local_aws, FOLDER / "tables.yaml", wanted) as tables:
            yield OwnedConversations(*(tables[each] for each in wanted))

    def test_what_others_have_received_stays_with_them(self, owned: OwnedConversations) -> None:
        owned.of_eve("ada")
        received = owned.kept()
        owned.give("ada")

        assert owned.part.erase("ada", NOW)
        assert owned.kept() == received


class OwnedSending:
    def __init__(self, outbox: str, devices: str, suppressions: str, sns: Any) -> None:
        self.suppressions, self._sns = DynamoSuppressions(suppressions), sns
        arn = sns.create_platform_application(Name=devices, Platform="GCM", Attributes={})["PlatformApplicationArn"]
        self._endpoints = set[str]()
        self.registration = DeviceRegistration(DynamoDevices(devices), SnsEndpoints({Platform.FCM: arn}))
        erasing = DeviceRegistration(DynamoDevices(devices), SnsEndpoints({}))
        self.part = SendingErasing(outbox, erasing, self.suppressions, CATEGORIES)
        self._tables = OutboxRecord.at(outbox), DeviceRecord.at(devices), SuppressionRecord.at(suppressions)

    def give(self, user_id: str, *, many: bool = False) -> None:
        outbox, content = self._tables[0], Mail("Hello", LARGE if many else "Hello", "")
        for number in range(40 if many else 2):
            row = a_row(user_id=user_id, event_id=f"event-{number}", content=content)
            outbox.of(row).put()
        for number in range(2):
            device = self.registration.register(user_id, Platform.FCM, f"token-{number}-of-{user_id}", NOW)
            self._endpoints.add(device.endpoint_arn)
        for channel, category in ((Channel.EMAIL, Category.NEWS), (Channel.PUSH, DIGEST)):
            key = category_key(channel, user_id, category)
            self.suppressions.add(Suppression(key, Cause.UNSUBSCRIBED, NOW))

    def kept(self) -> list[str]:
        return [*rows(*self._tables), *sorted(filter(self._is_there, self._endpoints))]

    def _is_there(self, endpoint_arn: str) -> bool:
        try:
            self._sns.get_endpoint_attributes(EndpointArn=endpoint_arn)
        except self._sns.exceptions.NotFoundException:
            return False
        return True


@pytest.mark.emulator
class TestSending(ErasingContract):
    @pytest.fixture
    def owned(self, local_aws: str) -> Iterator[Owned]:
        wanted = ["OutboxTable", "DevicesTable", "SuppressionsTable"]
        sns = boto3.Session("test", "test", region_name="us-west-2").client("sns", endpoint_url=local_aws)
        with tables_like(local_aws, FOLDER / "sending_tables.yaml", wanted) as tables:
            yield OwnedSending(tables["OutboxTable"], tables["DevicesTable"], tables["SuppressionsTable"], sns)

    def test_address_that_wants_nothing_goes_on_to_get_nothing(self, owned: OwnedSending) -> None:
        bounced = Suppression(address_key(Channel.EMAIL, "ada@example.org"), Cause.BOUNCED, NOW)
        week = Suppression(address_key(Channel.SMS, "+447700900123"), Cause.UNDELIVERABLE, NOW, NOW + timedelta(days=7))
        for suppression in (bounced, week):
            owned.suppressions.add(suppression)
        kept = owned.kept()
        owned.give("ada")

        assert owned.part.erase("ada", NOW)
        assert owned.kept() == kept

    def test_device_that_has_changed_hands_stays(self, owned: OwnedSending) -> None:
        owned.give("ada")
        owned.registration.register("bob", Platform.FCM, "token-0-of-ada", NOW)

        assert owned.part.erase("ada", NOW)
        [device] = owned.registration.devices.of_user("bob")
        kept = owned.kept()
        assert [each for each in kept if each.startswith("arn:")] == [device.endpoint_arn]
        assert not [each for each in kept if "'ada'" in each]
