"""Notifications on the running platform: of an order, a gift and low stock; read, explained and released."""

import secrets
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.inbox.messages import Delivered
from tests.commerce.checkout.examples import SENT_ADDRESS
from tests.e2e.clients import Api, Platform, User, eventually, is_problem
from tests.e2e.local_inbox import give_phone, inbox_of

pytestmark = pytest.mark.platform

SENT_AT_ONCE = ("sent", "at-once")

type Calls = Callable[..., Api]
type Json = dict[str, Any]


@pytest.fixture
def ada(platform: Platform, communications: Calls) -> User:
    """Registered."""
    user = platform.sign_up("Ada Lovelace")
    eventually(lambda: communications(user).get("/users/me").ok)
    return user


def listed(api: Api, **wanted: str) -> list[Json]:
    """The notifications that have these values."""
    items: list[Json] = api.get("/notifications?limit=100").json()["items"]
    return [each for each in items if wanted.items() <= each.items()]


def one(api: Api, **wanted: str) -> Json:
    eventually(lambda: listed(api, **wanted))
    (notification,) = listed(api, **wanted)
    return notification


def decisions(api: Api, notification: Json) -> dict[str, Json]:
    explanation = api.get(f"/notifications/{notification['notificationId']}/explanation").json()
    return {each["channel"]: each for each in explanation["decisions"]}


def give(personalization: Calls, admin: User, user: User, pence: int) -> None:
    body = {"userId": user.user_id, "amount": {"amount": pence, "currency": "GBP"}}
    key = {"Idempotency-Key": uuid.uuid4().hex}
    assert personalization(admin)("POST", "/donations", json=body, headers=key).status_code == 201


def buy(commerce: Calls, admin: User, user: User, name: str) -> None:
    """The last but two of a product: its stock is low then."""
    shop, customer = commerce(admin), commerce(user)
    product = {"name": name, "category": "Homeware", "price": {"amount": 250, "currency": "GBP"}, "stock": 100}
    product_id = str(shop("POST", "/products", json=product | {"status": "active"}).json()["productId"])
    customer("PUT", f"/cart/items/{product_id}", json={"quantity": 98})
    wanted = {"paymentMethodId": "pm_card_visa", "delivery": SENT_ADDRESS}
    begun = customer("POST", "/checkout", json=wanted, headers={"Idempotency-Key": uuid.uuid4().hex}).json()
    eventually(lambda: customer.get(f"/checkout/{begun['checkoutId']}").json()["status"] == "completed")


def test_gift_is_listed_read_and_explained(
    ada: User, platform: Platform, personalization: Calls, communications: Calls, admin: User
) -> None:
    me, stranger = communications(ada), communications(platform.sign_up("Eve"))
    give(personalization, admin, ada, 2500)
    gift = one(me, type="donation-received")

    assert (gift["content"], gift["read"]) == ("We have received your gift of GBP 25.00. Thank you!", False)
    assert me.get("/notifications?state=unread").json()["unread"] == 1
    path = f"/notifications/{gift['notificationId']}"
    is_problem(stranger("PATCH", path, json={"read": True}), 404)
    is_problem(stranger.get(f"{path}/explanation"), 404)

    assert me("POST", "/notifications/reads", json={"state": "seen"}).json() == {"unread": 1}
    read = me("PATCH", path, json={"read": True}).json()
    assert (read["read"], read["seenAt"] is not None, read["archivedAt"]) == (True, True, None)
    assert me.get("/notifications?state=unread").json() == {"items": [], "unread": 0, "nextCursor": None}
    assert me("PATCH", path, json={"archived": True}).json()["archivedAt"]
    assert not listed(me, type="donation-received")

    explained = decisions(me, gift)
    assert (explained["in-app"]["outcome"], explained["websocket"]["outcome"]) == ("sent", "sent")
    assert (explained["email"]["outcome"], explained["email"]["reason"]) == ("sent", "at-once")
    assert (explained["sms"]["outcome"], explained["sms"]["reason"]) == ("skipped", "not-of-this-type")
    assert (explained["push"]["outcome"], explained["push"]["reason"]) == ("skipped", "preference")


def test_snoozed_comes_back(
    ada: User, platform: Platform, personalization: Calls, communications: Calls, admin: User
) -> None:
    me = communications(ada)
    give(personalization, admin, ada, 100)
    path = f"/notifications/{one(me, type='donation-received')['notificationId']}"
    until = datetime.now(UTC) + timedelta(seconds=2)
    me("PATCH", path, json={"snoozedUntil": until.isoformat(timespec="milliseconds")})
    assert me.get("/notifications").json()["unread"] == 0

    def is_back() -> bool:
        release(platform)
        return bool(me.get("/notifications").json()["unread"] == 1)

    eventually(is_back)
    assert listed(me, type="donation-received")[0]["snoozedUntil"] is None


def test_receipt_is_mailed_and_texted_once(
    ada: User, platform: Platform, commerce: Calls, communications: Calls, admin: User
) -> None:
    me, number = communications(ada), give_phone(platform, ada)
    buy(commerce, admin, ada, f"China cup {secrets.token_hex(4)}")
    receipt = one(me, type="order-paid")
    explained = decisions(me, receipt)
    assert all((explained[each]["outcome"], explained[each]["reason"]) == SENT_AT_ONCE for each in ("email", "sms"))
    assert explained["push"]["reason"] == "preference"

    def texts() -> list[Delivered]:
        """Besides the notice that the number has been changed."""
        return [each for each in inbox_of(platform, number) if "Your receipt comes by mail." in each.text]

    def mails() -> list[Delivered]:
        return [each for each in inbox_of(platform, ada.email) if each.title == receipt["title"]]

    eventually(lambda: texts() and mails())
    [_], [mail] = texts(), mails()
    assert mail.headers.get("List-Unsubscribe") is None
    for line in ("98 × China cup", "We are sending it to:", SENT_ADDRESS["name"], SENT_ADDRESS["line1"]):
        assert line in mail.text


def test_order_is_a_receipt_and_low_stock_waits_whether_staff_read_it(
    ada: User, platform: Platform, commerce: Calls, communications: Calls, admin: User, staff: User
) -> None:
    name = f"China cup {secrets.token_hex(4)}"
    buy(commerce, admin, ada, name)
    me, sue = communications(ada), communications(staff)

    receipt = one(me, type="order-paid")
    mail, sms = (decisions(me, receipt)[channel] for channel in ("email", "sms"))
    assert (mail["outcome"], mail["reason"]) == SENT_AT_ONCE
    assert (sms["outcome"], sms["reason"]) == ("skipped", "no-verified-number")

    low = one(sue, type="stock-low", title=f"Low stock: {name}")
    mail = decisions(sue, low)["email"]
    assert (mail["outcome"], mail["reason"]) == ("held", "unless-read")
    waits = datetime.fromisoformat(mail["until"]) - datetime.fromisoformat(mail["at"])
    assert waits == timedelta(minutes=30)

    sue("PATCH", f"/notifications/{low['notificationId']}", json={"read": True})
    make_due(platform, staff.user_id, low["notificationId"])
    release(platform)
    mail = decisions(sue, low)["email"]
    assert (mail["outcome"], mail["reason"]) == ("skipped", "read")


def test_message_that_is_read_in_its_conversation_is_not_mailed(
    ada: User, platform: Platform, communications: Calls, staff: User
) -> None:
    me, sue = communications(ada), communications(staff)
    wanted, key = {"to": [ada.user_id], "content": "Good morning."}, {"Idempotency-Key": uuid.uuid4().hex}
    message = sue("POST", "/messages", json=wanted, headers=key).json()
    news = one(me, type="message-received")
    mail = decisions(me, news)["email"]
    assert (mail["outcome"], mail["reason"]) == ("held", "unless-read")

    path = f"/conversations/{message['conversationId']}"
    [received] = me.get(f"{path}/messages").json()["items"]
    assert me("POST", f"{path}/reads", json={"upTo": received["seq"]}).status_code == 204
    eventually(lambda: me.get("/notifications").json()["unread"] == 0)
    make_due(platform, ada.user_id, news["notificationId"])
    release(platform)
    mail = decisions(me, news)["email"]
    assert (mail["outcome"], mail["reason"]) == ("skipped", "read")


def test_staff_preview_texts_and_send_them_to_themselves(staff: User, ada: User, communications: Calls) -> None:
    sue = communications(staff)
    types = {each["type"] for each in sue.get("/notification-templates").json()["items"]}
    assert {"order-paid", "message-received", "email-changed"} <= types
    body = {"language": "de", "values": {"name": "<Tasse>"}}
    shown = sue("POST", "/notification-templates/stock-low/preview", json=body).json()
    assert shown["email"]["subject"] == "Geringer Bestand: <Tasse>"
    assert "&lt;Tasse&gt;" in shown["email"]["html"]
    assert sue("POST", "/notification-templates/stock-low/test", json={}).status_code == 202
    is_problem(communications(ada)("POST", "/notification-templates/stock-low/test", json={}), 403)


def release(platform: Platform) -> None:
    """What the schedule starts every minute."""
    platform.invoke("communications.notifications.handlers.release_notifications.handler")


def make_due(platform: Platform, user_id: str, notification_id: str) -> None:
    """The mail of this notification waits no longer."""
    dynamodb, [table] = platform.aws("dynamodb"), [name for name in platform.tables if "-OutboxTable-" in name]
    pages = dynamodb.get_paginator("query").paginate(
        TableName=table,
        IndexName="ByUser",
        KeyConditionExpression="userId = :user",
        ExpressionAttributeValues={":user": {"S": user_id}},
    )
    ids = [item["outboxId"]["S"] for page in pages for item in page["Items"]]
    rows = [dynamodb.get_item(TableName=table, Key={"outboxId": {"S": each}})["Item"] for each in ids]
    (row,) = [each for each in rows if each.get("notificationId", {}).get("S") == notification_id]
    dynamodb.update_item(
        TableName=table,
        Key={"outboxId": row["outboxId"]},
        UpdateExpression="SET dueAt = :now",
        ExpressionAttributeValues={":now": {"S": datetime.now(UTC).isoformat(timespec="milliseconds")}},
    )
