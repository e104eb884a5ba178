import json
from dataclasses import replace
from typing import Any

import pytest

from communications.notifications.handlers.notify_user import handler
from local.workspace import ROOT
from tests.communications.notifications.world import ANA, World
from tests.shared.lambda_context import CONTEXT, fails_as


def event(name: str = "OrderPaid", **data: object) -> dict[str, Any]:
    sample: dict[str, Any] = json.loads((ROOT / "events" / "communications" / "notify_user.json").read_text())
    sample["detail-type"] = name
    sample["detail"] |= {"userId": "ana"} | ({"data": data} if data else {})
    return sample


def test_paid_order_becomes_a_notification_once(world: World) -> None:
    for _ in range(2):
        handler(event(), CONTEXT)
    (notification,) = world.notifications.by_id.values()
    assert (notification.type, notification.event) == ("order-paid", "OrderPaid")
    assert len(world.entries) == 1


def test_message_names_its_sender(world: World) -> None:
    world.users.add(replace(ANA, user_id="bob", first_name="Bob", last_name="Smith", email="bob@example.org"))
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
