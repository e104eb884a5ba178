"""GET /notifications, PATCH /notifications/{notificationId}, POST /notifications/reads, and explanations"""

from typing import Any

import pytest

from communications.notifications.handlers.notifications import handler
from tests.communications.notifications.world import NIGHT, NOON, World
from tests.shared.gateway_events import access_claims
from tests.shared.http_api_calls import call

pytestmark = pytest.mark.usefixtures("edge")

ANA, BOB = access_claims("ana"), access_claims("bob")
LIST, READS = "GET /notifications", "POST /notifications/reads"
CHANGE, EXPLAIN = "PATCH /notifications/{notificationId}", "GET /notifications/{notificationId}/explanation"


def ask(route: str, body: object = None, claims: Any = ANA, **more: Any) -> tuple[int, Any]:
    return call(handler, route, body, claims=claims, **more)


def change(world: World, body: object, claims: Any = ANA) -> tuple[int, Any]:
    return ask(CHANGE, body, claims, notificationId=world.notification().notification_id)


def test_list(world: World) -> None:
    world.notify("donation-received", NOON)
    status, page = ask(LIST)
    assert (status, page) == (
        200,
        {
            "items": [
                {
                    "notificationId": world.notification().notification_id,
                    "type": "donation-received",
                    "title": "Thank you for your gift",
                    "content": "We have received your gift of GBP 25.00. Thank you!",
                    "read": False,
                    "seenAt": None,
                    "archivedAt": None,
                    "snoozedUntil": None,
                    "createdAt": "2026-06-02T11:00:00.000Z",
                }
            ],
            "unread": 1,
            "nextCursor": None,
        },
    )
    assert ask(LIST, claims=BOB) == (200, {"items": [], "unread": 0, "nextCursor": None})


def test_pages_of_a_state(world: World) -> None:
    for number in range(3):
        world.notify("donation-received", NOON, f"event-{number}")
    query = {"state": "unread", "limit": "2"}
    _, first = ask(LIST, query=query)
    _, second = ask(LIST, query=query | {"cursor": first["nextCursor"]})
    assert (len(first["items"]), len(second["items"]), second["nextCursor"]) == (2, 1, None)
    assert ask(LIST, query={"cursor": first["nextCursor"]})[0] == 400
    assert ask(LIST, claims=BOB, query=query | {"cursor": first["nextCursor"]})[0] == 400
    assert ask(LIST, query={"state": "new"})[0] == 422


def test_read_archived_and_snoozed(world: World) -> None:
    world.notify("donation-received", NOON)
    status, changed = change(world, {"read": True})
    assert (status, changed["read"], changed["seenAt"] is not None) == (200, True, True)
    assert ask(LIST)[1]["unread"] == 0
    assert change(world, {"archived": True})[1]["archivedAt"]
    assert change(world, {"snoozedUntil": "2999-01-01T00:00:00Z"})[0] == 422
    assert change(world, {"archived": False, "snoozedUntil": None})[1]["archivedAt"] is None
    assert world.notification().archived_at is None


@pytest.mark.parametrize(
    "body", [{"read": None}, {"read": "yes"}, {"seen": False}, {"snoozedUntil": "tomorrow"}, {"title": "x"}, []]
)
def test_what_is_no_change(world: World, body: object) -> None:
    world.notify("donation-received", NOON)
    assert change(world, body)[0] == 422
    assert not world.notification().read


def test_nobody_learns_of_others_notifications(world: World) -> None:
    world.notify("donation-received", NOON)
    assert change(world, {"read": True}, BOB)[0] == 404
    assert ask(EXPLAIN, claims=BOB, notificationId=world.notification().notification_id)[0] == 404
    assert not world.notification().read


def test_all_are_read(world: World) -> None:
    for number in range(3):
        world.notify("donation-received", NOON, f"event-{number}")
    assert ask(READS, {"state": "seen"}) == (200, {"unread": 3})
    assert ask(READS, {}) == (200, {"unread": 0})
    assert ask(READS, {"upTo": "'"})[0] == 422


def test_explanation(world: World) -> None:
    world.notify("donation-received", NIGHT)
    status, explanation = ask(EXPLAIN, notificationId=world.notification().notification_id)
    assert (status, explanation["event"], explanation["eventId"]) == (200, "Event", "event")
    at = "2026-06-02T22:00:00.000Z"
    held = {"outcome": "held", "reason": "quiet-hours", "until": "2026-06-03T06:00:00.000Z", "at": at}
    always = {"outcome": "sent", "reason": "always", "until": None, "at": at}
    assert explanation["decisions"] == [
        {"channel": "in-app", **always},
        {"channel": "websocket", **always},
        {"channel": "push", **held},
        {"channel": "email", **held},
        {"channel": "sms", "outcome": "skipped", "reason": "not-of-this-type", "until": None, "at": at},
    ]
