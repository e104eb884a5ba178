"""POST and GET /kb/sync"""

from datetime import UTC, datetime

import pytest

from knowledge_base.documents import wiring
from knowledge_base.documents.domain.syncing import MAX_ATTEMPTS
from knowledge_base.documents.handlers.kb_syncs import handler
from shared.http.cursors import Cursors
from tests.knowledge_base.documents.world import World
from tests.shared.first_answers import RecordsInTransactions
from tests.shared.gateway_events import access_claims
from tests.shared.http_api_calls import SUPPORTER, call

STAFF = access_claims("sue", "[staff]")
SYNC, LIST = "POST /kb/sync", "GET /kb/sync"

pytestmark = pytest.mark.usefixtures("edge")


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    world = World()
    records = RecordsInTransactions()
    monkeypatch.setattr(wiring, "first_answers", lambda: records)
    monkeypatch.setattr(wiring, "requesting", lambda: world.requesting)
    monkeypatch.setattr(wiring, "syncs", lambda: world.syncs)
    monkeypatch.setattr(wiring, "cursors", lambda: Cursors("key"))
    return world


def test_requests_share_the_sync_that_waits(world: World) -> None:
    status, first = call(handler, SYNC, claims=STAFF)
    assert status == 202
    assert call(handler, SYNC, claims=STAFF) == (202, first)
    world.work()
    second = call(handler, SYNC, claims=STAFF)[1]
    assert second != first

    items = call(handler, LIST, claims=STAFF)[1]["items"]
    assert [(each["syncId"], each["state"], each["attempts"]) for each in items] == [
        (second["syncId"], "waiting", 0),
        (first["syncId"], "running", 1),
    ]


def test_syncs_are_listed_page_by_page(world: World) -> None:
    requested = [call(handler, SYNC, claims=STAFF)[1]["syncId"]]
    world.work()
    requested.insert(0, call(handler, SYNC, claims=STAFF)[1]["syncId"])
    first = call(handler, LIST, claims=STAFF, query={"limit": "1"})[1]
    second = call(handler, LIST, claims=STAFF, query={"limit": "1", "cursor": first["nextCursor"]})[1]
    assert [each["syncId"] for each in [*first["items"], *second["items"]]] == requested
    assert second["nextCursor"] is None


def test_repeated_request_has_the_same_sync_however_far_that_is(world: World) -> None:
    first = call(handler, SYNC, claims=STAFF, headers={"idempotency-key": "1"})
    shared = call(handler, SYNC, claims=STAFF, headers={"idempotency-key": "2"})
    assert first == shared
    world.settle()
    ended = world.syncs.ended(None, 9)

    for key in ("1", "2"):
        assert call(handler, SYNC, claims=STAFF, headers={"idempotency-key": key}) == first
    world.settle()
    assert world.syncs.ended(None, 9) == ended
    assert call(handler, SYNC, claims=STAFF, headers={"idempotency-key": "3"}) != first


def test_ended_syncs_say_what_came_of_them(world: World) -> None:
    world.now = datetime.now(UTC)
    world.base.troubles = ["fails"] * MAX_ATTEMPTS
    world.files.put("a.md", "text")
    world.settle()
    world.requesting.request("s9", world.now)
    world.settle()

    status, answer = call(handler, LIST, claims=STAFF)

    assert status == 200
    failed, done = sorted(answer["items"], key=lambda sync: str(sync["endedAt"]))
    assert (done["state"], done["counts"]["scanned"], done["reason"]) == ("done", 1, None)
    assert done["requestedAt"] <= done["startedAt"] <= done["endedAt"]
    assert (failed["state"], failed["attempts"], failed["reason"]) == ("failed", MAX_ATTEMPTS, "It broke.")


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("route", [SYNC, LIST])
def test_syncs_are_for_staff(route: str) -> None:
    assert call(handler, route, claims=SUPPORTER)[0] == 403
    assert call(handler, route)[0] == 401
