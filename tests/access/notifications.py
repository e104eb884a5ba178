"""Notifications, and their texts."""

from tests.access.matrix import Call, everybody, over_http, own, row, staff
from tests.access.people import COMMUNICATIONS
from tests.access.world import World

TEMPLATE = "/notification-templates/{type}"


@row(COMMUNICATIONS, "GET /notifications", over_http(everybody(200)))
def list_notifications(_: World) -> Call:
    return Call(query={"state": "unread"})


@row(COMMUNICATIONS, "PATCH /notifications/{notificationId}", over_http(own(200)))
def change_notification(world: World) -> Call:
    return Call(path={"notificationId": world.notification_id}, json={"archived": False})


@row(COMMUNICATIONS, "POST /notifications/reads", over_http(everybody(200)))
def mark_notifications(_: World) -> Call:
    return Call(json={"state": "seen"})


@row(COMMUNICATIONS, "GET /notifications/{notificationId}/explanation", over_http(own(200)))
def explain_notification(world: World) -> Call:
    return Call(path={"notificationId": world.notification_id})


@row(COMMUNICATIONS, "GET /notification-templates", over_http(staff(200)))
def list_templates(_: World) -> Call:
    return Call()


@row(COMMUNICATIONS, f"POST {TEMPLATE}/preview", over_http(staff(200)))
def preview_template(_: World) -> Call:
    return Call(path={"type": "stock-low"}, json={"language": "de"})


@row(COMMUNICATIONS, f"POST {TEMPLATE}/test", over_http(staff(202)))
def send_sample(_: World) -> Call:
    return Call(path={"type": "stock-low"}, json={})
