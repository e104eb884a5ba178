import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from communications.notifications.domain.deciding import Reason
from communications.notifications.domain.types import Channel
from communications.notifications.handlers.notify_user import handler
from communications.sending.domain.outbox import Mail, SendState, Sms
from communications.users.domain.users import Channels, Digest, Settings
from local.workspace import ROOT
from shared.errors import Unavailable
from tests.communications.notifications.world import ANA, AT_NIGHT, World
from tests.shared.lambda_context import CONTEXT, fails_as


def event(name: str = "OrderPaid", **data: object) -> dict[str, Any]:
    sample: dict[str, Any] = json.loads((ROOT / "events" / "communications" / "notify_user.json").read_text())
    sample["detail-type"] = name
    sample["detail"] |= {"userId": "ana"} | ({"data": data} if data else {})
    return sample


def test_news_of_somebody_who_was_erased_is_dropped(world: World) -> None:
    news = event()
    news["detail"] |= {"userId": "gone", "occurredAt": datetime.now(UTC).isoformat()}
    with fails_as(Unavailable):
        handler(news, CONTEXT)
    world.erased.add("gone")
    handler(news, CONTEXT)
    assert not world.notifications.by_id


def test_paid_order_becomes_a_notification_once(world: World) -> None:
    for _ in range(2):
        handler(event(), CONTEXT)
    (notification,) = world.notifications.by_id.values()
    assert (notification.type, notification.event) == ("order-paid", "OrderPaid")
    assert len(world.entries) == 1


def test_customer_gets_one_mail_and_one_sms_of_a_paid_order(world: World) -> None:
    paid = event()
    world.deliveries.addresses[paid["detail"]["data"]["orderId"], "ana"] = ["Ana Ruiz", "7 Park Row", "Leeds LS1 5HD"]
    for _ in range(3):
        handler(paid, CONTEXT)
    [mail], [sms] = world.rows(Channel.EMAIL), world.rows(Channel.SMS)
    assert isinstance(mail.content, Mail)
    assert isinstance(sms.content, Sms)
    assert (mail.state, sms.state, mail.category, sms.category) == (SendState.PENDING, SendState.PENDING, None, None)
    for words in ("G-100001", "D-100001", "Leeds LS1 5HD", "31 December 2025"):
        assert words in mail.content.text
        assert words in mail.content.html
    assert "GBP 45.95" in sms.content.text
    assert world.record(Channel.EMAIL, paid["detail"]["id"]).decision.reason is Reason.AT_ONCE


def test_receipt_waits_for_the_shop_to_say_where_it_sends(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def find(*_: str) -> list[str]:
        raise Unavailable("Busy.")

    with monkeypatch.context() as busy:
        busy.setattr(world.deliveries, "find", find)
        with fails_as(Unavailable):
            handler(event(), CONTEXT)
    assert not world.outbox.by_id
    handler(event(), CONTEXT)
    assert len(world.rows(Channel.EMAIL)) == 1


def test_message_names_its_sender(world: World) -> None:
    world.users.add(
        replace(ANA, user_id="bob", first_name="Bob", last_name="Smith", email="bob@example.org", phone=None)
    )
    handler(event("MessageSent", conversationId="c", messageId="m", senderId="bob", seq=7), CONTEXT)
    (notification,) = world.notifications.by_id.values()
    assert (notification.title, notification.subject) == ("Bob Smith has sent you a message", "conversation:c")


def test_gift_of_an_order_is_no_news(world: World) -> None:
    handler(event("DonationReceived", orderId="o", amount={"amount": 1, "currency": "GBP"}), CONTEXT)
    assert not world.notifications.by_id


@pytest.mark.usefixtures("world")
def test_event_that_nobody_hears_of_fails() -> None:
    with fails_as(KeyError):
        handler(event("SomethingElse", number="1"), CONTEXT)


def test_changed_email_is_announced_at_the_new_and_the_previous_address(world: World) -> None:
    """Whatever somebody prefers, and at once."""
    world.set(Settings(Channels(email=False, sms=False, push=False), AT_NIGHT, digest=Digest.WEEKLY))
    changed = {"version": 4, "email": "new@example.org", "previousEmail": "old@example.org"}
    for _ in range(2):
        handler(event("UserEmailChanged", **changed), CONTEXT)

    rows = {row.address: row for row in world.rows(Channel.EMAIL)}
    assert rows.keys() == {None, "old@example.org"}
    assert {(row.state, row.category) for row in rows.values()} == {(SendState.PENDING, None)}
    assert all(row.due_at <= datetime.now(UTC) < row.drop_after for row in rows.values())
    assert not world.rows(Channel.SMS)
    assert {email for email, _ in world.reach.confirmations} == {"new@example.org"}


@pytest.mark.parametrize("wants_sms", [True, False])
def test_changed_number_is_announced_at_both_numbers_if_sms_are_wanted(world: World, wants_sms: bool) -> None:
    world.set(Settings(Channels(email=True, sms=wants_sms, push=False), AT_NIGHT))
    handler(event("UserPhoneChanged", version=4, previousPhone="+447700900111"), CONTEXT)

    assert {row.address for row in world.rows(Channel.SMS)} == ({None, "+447700900111"} if wants_sms else set())
    assert [row.address for row in world.rows(Channel.EMAIL)] == [None]


def test_first_number_has_no_predecessor(world: World) -> None:
    handler(event("UserPhoneChanged", version=4, previousPhone=None), CONTEXT)

    assert [row.address for row in world.rows(Channel.SMS)] == [None]
