"""Rows of the outbox, by stream, topic, queues and senders, in the local inbox; and what providers report of them."""

import json
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from communications.sending.adapters.outbox import OutboxRecord
from communications.sending.domain.outbox import Channel, Content, Mail, OutboxRow, Push, SendState, Sms
from communications.sending.domain.suppressions import Cause, address_key
from tests.e2e.clients import Api, Platform, User, eventually
from tests.e2e.local_inbox import give_phone, inbox_of

pytestmark = pytest.mark.platform

HELLO: dict[Channel, Content] = {
    Channel.EMAIL: Mail("Hello, Rosa", "Plain\n", "<p>Rich</p>"),
    Channel.SMS: Sms("Hello, Rosa"),
    Channel.PUSH: Push("Hello", "Rosa", {"notificationId": "n1"}),
}


class Outbox:
    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        [self._table] = [name for name in platform.tables if "-OutboxTable-" in name]
        self._tables = platform.aws("dynamodb")

    def add(self, user: User, channel: Channel, **changes: Any) -> str:
        now = datetime.now(UTC)
        row: dict[str, Any] = {
            "event_id": secrets.token_hex(8),
            "user_id": user.user_id,
            "content": HELLO[channel],
            "category": "messages",
            "created_at": now,
            "due_at": now,
            "drop_after": now + timedelta(days=1),
        }
        record = OutboxRecord.at(self._table).of(OutboxRow(**(row | changes)))
        self._tables.put_item(TableName=self._table, Item=record.to_dynamodb_dict())
        return str(record.outbox_id)

    def state(self, outbox_id: str) -> str:
        item = self._tables.get_item(TableName=self._table, Key={"outboxId": {"S": outbox_id}})["Item"]
        return str(item["state"]["S"])

    def cause(self, address: str) -> str | None:
        [table] = [name for name in self._platform.tables if "-SuppressionsTable-" in name]
        key = {"address": {"S": address_key(Channel.EMAIL, address)}}
        item = self._tables.get_item(TableName=table, Key=key).get("Item")
        return item["cause"]["S"] if item else None


@pytest.fixture
def outbox(platform: Platform) -> Outbox:
    return Outbox(platform)


@pytest.fixture
def new_user(platform: Platform, communications: Callable[..., Api]) -> Callable[..., User]:
    def sign_up(email: str = "") -> User:
        user = platform.sign_up("Rosa Martínez", email)
        eventually(lambda: communications(user).get("/users/me").ok)
        return user

    return sign_up


def test_mail_arrives_once_and_can_be_unsubscribed_from(
    platform: Platform, outbox: Outbox, new_user: Callable[..., User]
) -> None:
    user = new_user()
    outbox_id = outbox.add(user, Channel.EMAIL)
    eventually(lambda: outbox.state(outbox_id) == "sent")
    receipt = outbox.add(user, Channel.EMAIL, category=None)
    eventually(lambda: outbox.state(receipt) == "sent")
    always_sent, mail = inbox_of(platform, user.email)
    assert (mail.title, mail.text.strip()) == ("Hello, Rosa", "Plain")
    assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "List-Unsubscribe" not in always_sent.headers
    link = mail.headers["List-Unsubscribe"].strip("<>")
    subscribed = {"channel": "email", "category": "messages", "unsubscribed": False}
    assert requests.get(link, timeout=30).json() == subscribed
    again = outbox.add(user, Channel.EMAIL)
    eventually(lambda: outbox.state(again) == "sent")
    for _ in range(2):
        answer = requests.post(link, data={"List-Unsubscribe": "One-Click"}, timeout=30)
        undo = answer.json()["undo"]
        assert (answer.status_code, answer.json()) == (200, subscribed | {"unsubscribed": True, "undo": undo})
    too_late, other = outbox.add(user, Channel.EMAIL), outbox.add(user, Channel.EMAIL, category="orders")
    eventually(lambda: (outbox.state(too_late), outbox.state(other)) == ("failed", "sent"))
    assert requests.post(f"{link}x", timeout=30).status_code == 404
    taken_back = f"{link.partition('/unsubscribe/')[0]}/resubscribe/{undo}"
    assert requests.get(taken_back, timeout=30).status_code == 404
    answer = requests.post(taken_back, timeout=30)
    assert (answer.status_code, answer.json()) == (200, subscribed)
    welcome = outbox.add(user, Channel.EMAIL)
    eventually(lambda: outbox.state(welcome) == "sent")


def test_staff_have_sent_again_what_was_not_and_say_why(
    platform: Platform, outbox: Outbox, new_user: Callable[..., User], communications: Callable[..., Api], staff: User
) -> None:
    user, theirs = new_user(), communications(staff)
    failed, unknown, expired = (
        outbox.add(user, Channel.EMAIL, state=state, reason="test", event_id=f"{state}-{secrets.token_hex(4)}")
        for state in (SendState.FAILED, SendState.UNKNOWN, SendState.EXPIRED)
    )
    listed = theirs.get(f"/sends?userId={user.user_id}").json()["items"]
    assert {send["sendId"]: send["state"] for send in listed} == {
        failed: "failed",
        unknown: "unknown",
        expired: "expired",
    }

    wanted = {"sends": [failed, unknown, expired], "note": "The address was mistyped"}
    key = {"Idempotency-Key": secrets.token_hex(8)}
    planned = theirs("POST", "/sends/redrives", json={**wanted, "dryRun": True}, headers=key).json()["sends"]
    assert [send["step"] for send in planned] == ["send", "leave", "leave"]
    assert inbox_of(platform, user.email) == []
    done = [theirs("POST", "/sends/redrives", json=wanted, headers=key).json() for _ in range(2)]
    assert done[0] == done[1]
    assert (done[0]["sends"], done[0]["by"]) == (planned, staff.user_id)
    eventually(lambda: outbox.state(failed) == "sent")
    assert (outbox.state(unknown), len(inbox_of(platform, user.email))) == ("unknown", 1)

    twice = {**wanted, "sends": [unknown], "mayArriveTwice": True}
    theirs("POST", "/sends/redrives", json=twice, headers={"Idempotency-Key": secrets.token_hex(8)})
    eventually(lambda: outbox.state(unknown) == "sent")
    newest = theirs.get("/sends/redrives?limit=2").json()["items"]
    assert newest[1] == done[0]
    assert communications(user).get(f"/sends?userId={user.user_id}").status_code == 403


def test_sms_and_push_messages_arrive_once(
    platform: Platform, outbox: Outbox, new_user: Callable[..., User], communications: Callable[..., Api]
) -> None:
    user, token = new_user(), f"token-of-a-phone-{secrets.token_hex(8)}"
    number = give_phone(platform, user)
    registered = communications(user)("POST", "/devices", json={"platform": "fcm", "token": token})
    assert registered.status_code == 201
    ids = [outbox.add(user, channel) for channel in (Channel.SMS, Channel.PUSH)]
    eventually(lambda: all(outbox.state(outbox_id) == "sent" for outbox_id in ids))
    [sms] = inbox_of(platform, number)
    assert (sms.text, sms.headers["AWS.SNS.SMS.SenderID"]) == ("Hello, Rosa", "Almoner")
    [push] = inbox_of(platform, token)
    assert json.loads(push.text)["fcmV1Message"]["message"]["data"] == {"notificationId": "n1"}
    assert communications(user)("DELETE", "/devices", json={"platform": "fcm", "token": token}).status_code == 204
    unreachable = outbox.add(user, Channel.PUSH)
    eventually(lambda: outbox.state(unreachable) == "failed")


@pytest.mark.parametrize(
    ("label", "cause", "next_state"), [("Bounce", Cause.BOUNCED, "failed"), ("Complaint", Cause.SPAM, "sent")]
)
def test_what_recipients_servers_report_suppresses_the_address(
    label: str, cause: Cause, next_state: str, outbox: Outbox, new_user: Callable[..., User]
) -> None:
    user = new_user(f"{label}+{secrets.token_hex(6)}@simulator.amazonses.com")
    first = outbox.add(user, Channel.EMAIL)
    eventually(lambda: outbox.cause(user.email) == cause)
    eventually(lambda: outbox.state(first) == ("failed" if cause is Cause.BOUNCED else "sent"))
    message, receipt = outbox.add(user, Channel.EMAIL), outbox.add(user, Channel.EMAIL, category=None)
    eventually(lambda: outbox.state(message) == "failed")
    eventually(lambda: outbox.state(receipt) == next_state)
