from typing import Any

import pytest

from communications.broadcasts.handlers.start_broadcast import handler
from tests.communications.broadcasts.world import Campaign
from tests.shared.gateway_events import access_claims
from tests.shared.http_api_calls import SUPPORTER, call

pytestmark = pytest.mark.usefixtures("edge", "campaign")

STAFF = access_claims("sam", "[staff]")
WANTED = {"title": "Spring appeal", "content": "A second kitchen.\nCome and see.", "channels": ["email"]}


def start(body: object, key: str | None = "key-1", claims: Any = STAFF) -> tuple[int, Any]:
    return call(handler, "POST /broadcasts", body, claims=claims, headers={"idempotency-key": key} if key else {})


def test_broadcast_is_accepted_once_and_queued(campaign: Campaign) -> None:
    status, answer = start(WANTED)
    assert status == 202
    broadcast_id = answer["broadcastId"]
    assert answer == {
        "broadcastId": broadcast_id,
        "dryRun": False,
        "recipients": 0,
        "counts": {},
        "complete": False,
    }
    assert start(WANTED) == (202, answer)
    [broadcast] = campaign.broadcasts.by_id.values()
    assert (broadcast.broadcast_id, broadcast.title, broadcast.created_by) == (broadcast_id, "Spring appeal", "sam")
    assert campaign.pages.messages == [(broadcast_id, 0, 0)] * 2  # the first one may have been lost
    campaign.work_until_done(broadcast.created_at)
    assert len(campaign.mailed()) == 3


def test_request_whose_message_was_lost_goes_on_when_it_is_repeated(campaign: Campaign) -> None:
    campaign.pages.fails = 1
    assert start(WANTED)[0] == 503
    status, answer = start(WANTED)
    assert (status, campaign.pages.messages) == (202, [(answer["broadcastId"], 0, 0)])
    assert start(WANTED | {"title": "Another"})[0] == 422


def test_dry_run_only_counts(campaign: Campaign) -> None:
    counts = {"email": {"sent": 3}}
    expected = {"broadcastId": None, "dryRun": True, "recipients": 3, "counts": counts, "complete": True}
    assert start(WANTED | {"dryRun": True}) == (202, expected)
    assert (campaign.broadcasts.by_id, campaign.pages.messages, campaign.mailed()) == ({}, [], [])


def test_only_staff_start_any() -> None:
    assert start(WANTED, claims=SUPPORTER)[0] == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"title": "two\nlines"},
        {"title": "x" * 101},
        {"content": " "},
        {"content": "x" * 2_001},
        {"channels": []},
        {"channels": ["email", "email"]},
        {"channels": ["pigeon"]},
        {"segment": "everybody"},
        {"segment": {"interest": ""}},
        {"segment": {"language": "English"}},
        {"segment": {"age": 30}},
        {"dryRun": "yes"},
    ],
)
def test_anything_else_is_refused(wrong: dict[str, Any], campaign: Campaign) -> None:
    assert start(WANTED | wrong)[0] == 422
    assert campaign.broadcasts.by_id == {}


def test_key_is_required() -> None:
    assert start(WANTED, key=None)[0] == 400
