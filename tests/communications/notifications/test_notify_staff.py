import json
from collections.abc import Callable
from typing import Any

import pytest

from communications.notifications.handlers.notify_staff import handler
from communications.users.domain.users import User
from local.workspace import ROOT
from shared.errors import Unavailable
from tests.communications.examples import a_user
from tests.communications.notifications.world import World
from tests.shared.lambda_context import CONTEXT

SAMPLE: dict[str, Any] = json.loads((ROOT / "events" / "communications" / "notify_staff.json").read_text())


def test_staff_is_looked_up_once_for_a_batch(world: World) -> None:
    second = json.loads(SAMPLE["Records"][0]["body"])
    second["detail"] |= {"id": "another", "data": {"name": "Mug", "stock": 2}}
    record = SAMPLE["Records"][0] | {"messageId": "m2", "body": json.dumps(second)}
    handler({"Records": [*SAMPLE["Records"], record]}, CONTEXT)
    assert {each.title for each in world.notifications.by_id.values()} == {"Low stock: Tea towel", "Low stock: Mug"}
    assert world.staff.calls == 1


def test_everybody_on_the_staff_is_notified_once(world: World) -> None:
    world.users.add(a_user("bob"))
    world.staff.ids = {"ana", "bob", "not registered"}
    for _ in range(2):
        handler(SAMPLE, CONTEXT)
    assert sorted(each.user_id for each in world.notifications.by_id.values()) == ["ana", "bob"]
    assert {each.title for each in world.notifications.by_id.values()} == {"Low stock: Tea towel"}


def test_failure_for_one_keeps_the_event_and_not_the_others_from_hearing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.users.add(a_user("bob"))
    world.staff.ids = {"ana", "bob"}
    find: Callable[[str], User | None] = world.users.find

    def busy_for_ana(user_id: str) -> User | None:
        if user_id == "ana":
            raise Unavailable("busy")
        return find(user_id)

    monkeypatch.setattr(world.users, "find", busy_for_ana)
    answer = handler(SAMPLE, CONTEXT)
    assert answer == {"batchItemFailures": [{"itemIdentifier": SAMPLE["Records"][0]["messageId"]}]}
    assert [each.user_id for each in world.notifications.by_id.values()] == ["bob"]
