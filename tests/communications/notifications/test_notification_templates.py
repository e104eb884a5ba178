"""GET /notification-templates, previews, and tests to oneself"""

from typing import Any

import pytest

from communications.notifications.domain.types import TYPES
from communications.notifications.handlers.notification_templates import handler
from tests.communications.notifications.world import World
from tests.shared.gateway_events import access_claims
from tests.shared.http_api_calls import call

pytestmark = pytest.mark.usefixtures("edge", "world")

STAFF = access_claims("ana", "[staff]")
LIST = "GET /notification-templates"
PREVIEW, TEST = "POST /notification-templates/{type}/preview", "POST /notification-templates/{type}/test"


def ask(route: str, body: object = None, claims: Any = STAFF, **more: Any) -> tuple[int, Any]:
    return call(handler, route, body, claims=claims, **more)


def test_list() -> None:
    status, listed = ask(LIST)
    assert (status, [each["type"] for each in listed["items"]]) == (200, list(TYPES))
    assert listed["items"][0] == {
        "type": "order-paid",
        "category": "orders",
        "channels": ["in-app", "websocket", "push", "email", "sms"],
        "languages": ["en", "de"],
        "values": ["bought", "number", "total"],
        "purpose": None,
        "essential": True,
        "capped": False,
    }


def test_preview() -> None:
    status, shown = ask(PREVIEW, {"language": "de", "values": {"name": "<b>Mug"}}, type="stock-low")
    assert (status, shown["title"], shown["email"]["subject"]) == (200, "Geringer Bestand: <b>Mug", shown["title"])
    assert "&lt;b&gt;Mug" in shown["email"]["html"]


@pytest.mark.parametrize(
    "body", [{"values": {"nane": "x"}}, {"language": "<"}, {"values": {"name": 3}}, {"values": {"name": "x" * 2001}}]
)
def test_what_is_no_preview(body: object) -> None:
    assert ask(PREVIEW, body, type="stock-low")[0] == 422


def test_test_to_oneself(world: World) -> None:
    status, sent = ask(TEST, {"language": "de"}, type="stock-low")
    assert (status, world.outbox.by_id[sent["outboxId"]].user_id) == (202, "ana")
    assert ask(TEST, {"channel": "sms"}, type="stock-low")[0] == 422


def test_no_such_type() -> None:
    assert ask(PREVIEW, {}, type="nothing")[0] == ask(TEST, {}, type="nothing")[0] == 404


@pytest.mark.parametrize("route", [LIST, PREVIEW, TEST])
def test_staff_only(world: World, route: str) -> None:
    assert ask(route, {}, access_claims("ana"), type="stock-low")[0] == 403
    assert not world.outbox.by_id
