"""Functions are killed at any moment between a message, or a gift, and the last mail, SMS and push message about it.

Afterwards, what streams and queues have delivered is delivered twice more. Nothing is lost, and nothing comes twice:
the local providers have kept all that they accepted.
"""

import json
import random
import secrets
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from threading import Timer
from typing import Any

import pytest

from communications.sending.adapters.outbox import DynamoOutbox
from communications.sending.domain.outbox import LEASE, Channel, Content, Mail, OutboxRow, Push, SendState
from communications.sending.domain.settling import Settling
from local.inbox.messages import Delivered, delivered
from shared.errors import VersionConflict
from tests.e2e.clients import Api, Platform, User, eventually
from tests.e2e.killing import kill, names_by_stem
from tests.e2e.local_inbox import give_phone
from tests.e2e.redelivery import queue_of, redeliver_streams, redrive
from tests.e2e.test_sending import Outbox

pytestmark = [pytest.mark.platform, pytest.mark.alone]

POINTS, AT_ONCE, PATIENCE_SECONDS = 36, 4, 240
CHAIN = (
    "send_message",
    "fan_out_message",
    "publish_message_events",
    "give_donation",
    "publish_donation_events",
    "notify_user",
    "publish_outbox",
    "send_mail",
    "send_sms",
    "send_push",
    "note_mail_reports",
)
SENDERS = {Channel.EMAIL: "send_mail", Channel.SMS: "send_sms", Channel.PUSH: "send_push"}
SENT = Counter({Channel.EMAIL: 3, Channel.PUSH: 3, Channel.SMS: 1})
"""To each recipient: mail and push of their number, of a message and of a gift, and an SMS."""
HEARD = ("donation-received", "message-received", "phone-changed")
_DEAD_AFTER = timedelta(seconds=15)
"""A sender takes less than a second: one that has not finished by then was killed."""


@dataclass(frozen=True)
class Point:
    functions: Sequence[str]
    after_seconds: float


def points() -> list[Point]:
    chance = random.Random(15)  # noqa: S311  a fixed seed
    return [Point(chance.sample(CHAIN, chance.randint(1, 4)), chance.uniform(0, 2)) for _ in range(POINTS)]


@dataclass(frozen=True)
class Recipient:
    user: User
    number: str
    token: str

    def has_been_sent(self, row: OutboxRow, arrived: Iterable[Delivered]) -> int:
        """How often the provider has accepted it."""
        address = {Channel.EMAIL: self.user.email, Channel.SMS: self.number, Channel.PUSH: self.token}[row.channel]
        words = _words(row.content)
        return sum(each.to == address and words in f"{each.title} {each.text}" for each in arrived)


@pytest.fixture
def outbox(platform: Platform, as_a_function: None) -> DynamoOutbox:  # noqa: ARG001  its surroundings
    [table] = [name for name in platform.tables if "-OutboxTable-" in name]
    return DynamoOutbox(table)


def test_nothing_is_lost_or_sent_twice_whoever_is_killed_meanwhile(
    platform: Platform, outbox: DynamoOutbox, communications: Callable[..., Api], staff: User, admin: User
) -> None:
    names, began = names_by_stem(platform, "communications.", "personalization."), datetime.now(UTC)
    apis, texts = platform.outputs["apis"], Outbox(platform)
    writing = Api(apis["communications"], None, staff.access_token)  # without a document, as who is killed answers 502
    giving = Api(apis["personalization"], platform.api_key, admin.access_token)

    def write(point: Point) -> int:
        recipient = reachable(platform, communications)
        everybody.append(recipient)
        killed = list[int]()
        killer = Timer(point.after_seconds, lambda: killed.extend(kill(names[each]) for each in point.functions))
        killer.start()
        accepted(writing, "/messages", {"to": [recipient.user.user_id], "content": "Good morning."})
        accepted(giving, "/donations", {"userId": recipient.user.user_id, "amount": {"amount": 500, "currency": "GBP"}})
        texts.add(recipient.user, Channel.SMS)
        killer.join()
        return sum(killed)

    everybody = list[Recipient]()
    with ThreadPoolExecutor(AT_ONCE) as writers:
        killed = sum(writers.map(write, points()))
    assert killed >= POINTS, "the workers were not there any more"

    chain = [names[each] for each in CHAIN]
    for redelivered in range(3):
        if redelivered:
            redeliver_streams(platform, chain, began)
            redeliver_messages(platform, names, outbox, everybody)
        settle(platform, names, outbox, everybody)
        arrived = all_delivered(platform)
        for recipient in everybody:
            rows = rows_of(outbox, recipient)
            assert Counter(row.channel for row in rows) == SENT
            assert {row.outbox_id: recipient.has_been_sent(row, arrived) for row in rows} == {
                row.outbox_id: 1 for row in rows
            }
            heard_once(communications(recipient.user))


def reachable(platform: Platform, communications: Callable[..., Api]) -> Recipient:
    """By mail, SMS and push."""
    user = platform.sign_up("Rosa Martínez")
    me = communications(user)
    eventually(lambda: me.get("/users/me").ok)
    token = f"token-of-{secrets.token_hex(16)}"
    assert me("POST", "/devices", json={"platform": "fcm", "token": token}).status_code == 201
    record = me.get("/users/me").json()
    record["settings"]["channels"]["push"] = True
    assert me("PUT", "/users/me", json=record).status_code == 200
    return Recipient(user, give_phone(platform, user), token)


def accepted(api: Api, path: str, body: object) -> None:
    """The same request again while the function that serves it is killed."""
    key = {"Idempotency-Key": uuid.uuid4().hex}
    eventually(lambda: api("POST", path, json=body, headers=key).status_code == 201)


def rows_of(outbox: DynamoOutbox, recipient: Recipient) -> list[OutboxRow]:
    found = map(outbox.find, outbox.of_user(recipient.user.user_id, 100))
    return [row for row in found if row]


def all_delivered(platform: Platform) -> list[Delivered]:
    return delivered(platform.state / "mail", platform.state / "messages", limit=10**6)


def settle(platform: Platform, names: dict[str, str], outbox: DynamoOutbox, everybody: Sequence[Recipient]) -> None:
    """Until all has been sent. As people do, events whose function was killed three times are redriven; what may have
    been sent is looked at, and resent if it was not."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        rows = [(recipient, row) for recipient in everybody for row in rows_of(outbox, recipient)]
        states = Counter(row.state for _, row in rows)
        if states == {SendState.SENT: len(everybody) * SENT.total()}:
            return
        assert time.monotonic() < deadline, states
        redrive(platform, names["notify_user"], {recipient.user.user_id for recipient in everybody})
        let_time_pass(outbox, [row for _, row in rows])
        for handler in ("notifications.handlers.release_notifications", "sending.handlers.sweep_outbox"):
            platform.invoke(f"communications.{handler}.handler")
        if doubtful := [each for each in rows if each[1].state is SendState.UNKNOWN]:
            arrived = all_delivered(platform)
            for recipient, row in doubtful:
                if recipient.has_been_sent(row, arrived):
                    outbox.save(row.sent(None))
                else:
                    Settling(outbox).resend(row.outbox_id, datetime.now(UTC), dry_run=False)
        time.sleep(0.5)


def let_time_pass(outbox: DynamoOutbox, rows: Sequence[OutboxRow]) -> None:
    """As if what waits were due, and the leases of dead senders had run out."""
    now = datetime.now(UTC)
    for row in rows:
        waits = row.state in (SendState.PENDING, SendState.HELD) and row.created_at < now - _DEAD_AFTER
        is_dead = row.state is SendState.SENDING and row.due_at - LEASE < now - _DEAD_AFTER
        if row.due_at > now and (waits or is_dead):
            with suppress(VersionConflict):  # somebody else has looked after it
                outbox.save(replace(row, due_at=now))


def redeliver_messages(
    platform: Platform, names: dict[str, str], outbox: DynamoOutbox, everybody: Sequence[Recipient]
) -> None:
    """To the senders' queues, and waits until they have been taken."""
    sqs = platform.aws("sqs")
    queues = {channel: queue_of(platform, names[sender]) for channel, sender in SENDERS.items()}
    hidden = {channel: _waiting(sqs, queue)[1] for channel, queue in queues.items()}
    for row in (row for recipient in everybody for row in rows_of(outbox, recipient)):
        body = json.dumps({"outboxId": row.outbox_id})
        sqs.send_message(QueueUrl=queues[row.channel], MessageBody=body)
    eventually(lambda: all(_are_taken(sqs, queue, hidden[channel]) for channel, queue in queues.items()))


def heard_once(me: Api) -> None:
    notices = me.get("/notifications").json()
    assert sorted(each["type"] for each in notices["items"]) == sorted(HEARD)
    [conversation] = me.get("/conversations").json()["items"]
    assert (notices["unread"], conversation["unread"]) == (len(HEARD), 1)
    [message] = me.get(f"/conversations/{conversation['conversationId']}/messages").json()["items"]
    assert message["content"] == "Good morning."


def _waiting(sqs: Any, queue: str) -> tuple[int, int]:
    """Messages that wait, and messages that somebody has received and not deleted, such as who was killed."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    numbers = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
    return int(numbers[names[0]]), int(numbers[names[1]])


def _are_taken(sqs: Any, queue: str, hidden: int) -> bool:
    waiting, received = _waiting(sqs, queue)
    return waiting == 0 and received <= hidden


def _words(content: Content) -> str:
    match content:
        case Mail(subject=subject):
            return subject
        case Push(title=title):
            return title
        case _:
            return content.text
