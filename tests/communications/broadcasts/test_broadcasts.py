from dataclasses import replace

import pytest

from communications.broadcasts.domain.broadcasts import Segment
from communications.broadcasts.handlers.broadcasts import handler
from tests.communications.broadcasts.world import WANTED, Campaign
from tests.communications.notifications.world import NOON
from tests.shared.gateway_events import access_claims
from tests.shared.http_api_calls import SUPPORTER, call

pytestmark = pytest.mark.usefixtures("edge", "campaign")

STAFF = access_claims("sam", "[staff]")
STOP, READ = "POST /broadcasts/{broadcastId}/stop", "GET /broadcasts/{broadcastId}"


def test_report_has_what_was_decided(campaign: Campaign) -> None:
    campaign.start()
    campaign.work_until_done()
    assert call(handler, READ, claims=STAFF, broadcastId="b1") == (
        200,
        {
            "broadcastId": "b1",
            "title": "Spring appeal",
            "content": "We are opening a second kitchen.",
            "segment": {"interest": None, "language": None},
            "channels": ["email"],
            "state": "done",
            "recipients": 3,
            "counts": {"email": {"sent": 3}},
            "createdBy": "sam",
            "createdAt": "2026-06-02T11:00:00.000Z",
            "endedAt": "2026-06-02T11:00:00.000Z",
        },
    )


def test_stopping_ends_it(campaign: Campaign) -> None:
    campaign.start(replace(WANTED, segment=Segment("clean water", "de")))
    for _ in range(2):
        status, stopped = call(handler, STOP, claims=STAFF, broadcastId="b1")
        assert (status, stopped["state"]) == (200, "stopped")
        assert stopped["segment"] == {"interest": "clean water", "language": "de"}
    campaign.work_until_done()
    assert campaign.mailed() == []


def test_newest_are_listed_first(campaign: Campaign) -> None:
    for number in range(3):
        campaign.broadcasts.by_id[f"b{number}"] = WANTED.begun(f"b{number}", "sam", NOON)
    status, page = call(handler, "GET /broadcasts", claims=STAFF, query={"limit": "2"})
    assert status == 200
    query = {"limit": "2", "cursor": page["nextCursor"]}
    rest = call(handler, "GET /broadcasts", claims=STAFF, query=query)[1]
    assert [each["broadcastId"] for each in page["items"] + rest["items"]] == ["b2", "b1", "b0"]
    assert rest["nextCursor"] is None


@pytest.mark.parametrize("route", [STOP, READ, "GET /broadcasts"])
def test_only_staff(route: str) -> None:
    assert call(handler, route, claims=SUPPORTER, broadcastId="b1")[0] == 403


@pytest.mark.parametrize("route", [STOP, READ])
def test_there_is_no_such_broadcast(route: str) -> None:
    assert call(handler, route, claims=STAFF, broadcastId="b1")[0] == 404
