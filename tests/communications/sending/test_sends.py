from typing import Any

import pytest

from communications.sending import wiring
from communications.sending.domain.outbox import OutboxRow, SendState
from communications.sending.domain.redriving import MAX_SENDS, Redriving
from communications.sending.domain.settling import Settling
from communications.sending.handlers.sends import handler
from shared.http.cursors import Cursors
from tests.communications.sending.examples import NOW, a_row
from tests.communications.sending.fakes import FakeOutbox, FakeRedrives
from tests.shared.first_answers import FakeRecords
from tests.shared.gateway_events import access_claims
from tests.shared.http_api_calls import SUPPORTER, call
from tests.shared.persistence.fake_transactions import FakeTransaction

pytestmark = pytest.mark.usefixtures("edge", "outbox")

STAFF = access_claims("priya", "[staff]")
FAILED = a_row(user_id="ada", state=SendState.FAILED, reason="refused")
UNKNOWN = a_row(user_id="ben").claimed("claim", NOW).doubtful("answer-lost", NOW)
SENT = a_row(user_id="eve", state=SendState.SENT, attempt=1)


@pytest.fixture
def outbox(monkeypatch: pytest.MonkeyPatch) -> FakeOutbox:
    outbox, records = FakeOutbox(FAILED, UNKNOWN, SENT), FakeRecords()
    redriving = Redriving(outbox, FakeRedrives(), FakeTransaction)
    monkeypatch.setattr(wiring, "settling", lambda: Settling(outbox))
    monkeypatch.setattr(wiring, "redriving", lambda: redriving)
    monkeypatch.setattr(wiring, "first_answers", lambda: records)
    monkeypatch.setattr(wiring, "cursors", lambda: Cursors("key"))
    return outbox


def redrive(*rows: OutboxRow, key: str | None = "key-1", claims: Any = STAFF, **more: object) -> tuple[int, Any]:
    body = {"sends": [row.outbox_id for row in rows], "note": "A corrected address"} | more
    headers = {"idempotency-key": key} if key else {}
    return call(handler, "POST /sends/redrives", body, claims=claims, headers=headers)


def steps(answer: Any) -> list[tuple[str, str]]:
    return [(send["step"], send["state"]) for send in answer["sends"]]


def test_dry_run_says_what_would_be_done_and_does_nothing(outbox: FakeOutbox) -> None:
    status, answer = redrive(FAILED, UNKNOWN, SENT, dryRun=True)

    assert (status, answer["redriveId"], answer["by"], answer["dryRun"]) == (200, None, None, True)
    assert steps(answer) == [("send", "failed"), ("leave", "unknown"), ("leave", "sent")]
    assert list(outbox.by_id.values()) == [FAILED, UNKNOWN, SENT]
    assert call(handler, "GET /sends/redrives", claims=STAFF)[1]["items"] == []


def test_redrive_counts_once_and_says_who_and_why(outbox: FakeOutbox) -> None:
    status, answer = redrive(FAILED, UNKNOWN)
    assert status == 200
    assert steps(answer) == [("send", "failed"), ("leave", "unknown")]
    assert outbox.by_id[FAILED.outbox_id].state is SendState.PENDING
    assert outbox.by_id[UNKNOWN.outbox_id] == UNKNOWN
    after = dict(outbox.by_id)

    assert redrive(FAILED, UNKNOWN) == (200, answer)
    assert outbox.by_id == after
    assert redrive(FAILED, UNKNOWN, mayArriveTwice=True)[0] == 422
    assert (answer["by"], answer["note"], answer["mayArriveTwice"]) == ("priya", "A corrected address", False)
    assert call(handler, "GET /sends/redrives", claims=STAFF) == (200, {"items": [answer], "nextCursor": None})


def test_unknown_is_sent_only_by_whoever_says_that_it_may_arrive_twice(outbox: FakeOutbox) -> None:
    assert steps(redrive(UNKNOWN, mayArriveTwice=True, dryRun=True)[1]) == [("send", "unknown")]
    assert outbox.by_id[UNKNOWN.outbox_id] == UNKNOWN
    assert steps(redrive(UNKNOWN, key="key-2", mayArriveTwice=True)[1]) == [("send", "unknown")]
    assert outbox.by_id[UNKNOWN.outbox_id].state is SendState.PENDING


def test_staff_see_what_became_of_messages_and_not_what_they_say() -> None:
    status, unknown = call(handler, "GET /sends", claims=STAFF)
    assert (status, [send["sendId"] for send in unknown["items"]]) == (200, [UNKNOWN.outbox_id])
    [send] = call(handler, "GET /sends", claims=STAFF, query={"userId": "ada"})[1]["items"]
    assert (send["state"], send["reason"], send["channel"], send["dueAt"]) == ("failed", "refused", "email", None)
    assert "content" not in send
    assert call(handler, "GET /sends", claims=STAFF, query={"userId": "nobody"})[1]["items"] == []


@pytest.mark.parametrize("route", ["GET /sends", "GET /sends/redrives", "POST /sends/redrives"])
def test_only_staff(route: str, outbox: FakeOutbox) -> None:
    body = {"sends": [FAILED.outbox_id], "note": "Why"} if route.startswith("POST") else None
    for claims, expected in ((SUPPORTER, 403), (None, 401)):
        assert call(handler, route, body, claims=claims, headers={"idempotency-key": "k"})[0] == expected
    assert outbox.by_id[FAILED.outbox_id] == FAILED


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"sends": []}, "sends"),
        ({"sends": [FAILED.outbox_id] * 2}, "sends"),
        ({"sends": [f"e{number}#ada#email" for number in range(MAX_SENDS + 1)]}, "sends"),
        ({"sends": ["two words"]}, "sends[0]"),
        ({"sends": ["x" * 256]}, "sends[0]"),
        ({"note": ""}, "note"),
        ({"note": "two\nlines"}, "note"),
        ({"dryRun": "yes"}, "dryRun"),
    ],
)
def test_what_is_wrong_is_named(wrong: dict[str, Any], field: str, outbox: FakeOutbox) -> None:
    status, problem = redrive(FAILED, **wrong)
    assert (status, [error["field"] for error in problem["errors"]]) == (422, [field])
    assert outbox.by_id[FAILED.outbox_id] == FAILED


def test_key_is_required() -> None:
    assert redrive(FAILED, key=None)[0] == 400
