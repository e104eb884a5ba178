from datetime import UTC, datetime
from typing import Any

import pytest

from identity.access import wiring
from identity.access.domain.ending import Ending
from identity.access.handlers.sign_out import handler
from shared.events.event_bridge import EventBus
from shared.http import edge as http_edge
from tests.identity.access.memory_sessions import MemorySessions
from tests.identity.registration.test_post_confirmation import Bridge
from tests.shared.auth.fake_ends import FakeEnds, access_of
from tests.shared.gateway_events import access_claims
from tests.shared.http_api_calls import ADMIN, SUPPORTER, call

pytestmark = pytest.mark.usefixtures("edge")

ROUTE = "POST /users/{userId}/sign-out"


@pytest.fixture(autouse=True)
def sessions(monkeypatch: pytest.MonkeyPatch) -> MemorySessions:
    sessions = MemorySessions("ada", "ben", "tom")
    monkeypatch.setattr(wiring, "sessions", lambda: sessions)
    return sessions


@pytest.fixture(autouse=True)
def ends(edge: None, monkeypatch: pytest.MonkeyPatch) -> FakeEnds:  # noqa: ARG001  its settings
    ends = FakeEnds()
    access = access_of(ends)
    monkeypatch.setattr(http_edge, "access", lambda: access)
    return ends


@pytest.fixture(autouse=True)
def bridge(ends: FakeEnds, monkeypatch: pytest.MonkeyPatch) -> Bridge:
    bridge = Bridge()
    ending = Ending(ends, EventBus(bridge, "bus-1", "almoner.identity"))
    monkeypatch.setattr(wiring, "ending", lambda: ending)
    return bridge


def test_an_admin_signs_anybody_out(sessions: MemorySessions, bridge: Bridge) -> None:
    assert call(handler, ROUTE, claims=ADMIN, userId="ben") == (204, None)
    assert sessions.signed_in == {"ada": True, "ben": False, "tom": True}
    assert [(event.user_id, event.data) for event in bridge.events] == [("ben", {"how": "sign-out"})]
    assert bridge.entries[0]["DetailType"] == "UserAccessEnded"


@pytest.mark.parametrize("user_id", ["me", "ada"])
def test_users_sign_themselves_out(user_id: str, sessions: MemorySessions, bridge: Bridge) -> None:
    assert call(handler, ROUTE, claims=SUPPORTER, userId=user_id) == (204, None)
    assert sessions.signed_in == {"ada": False, "ben": True, "tom": True}
    assert [event.user_id for event in bridge.events] == ["ada"]


@pytest.mark.parametrize("claims", [SUPPORTER, access_claims("priya", "[staff finance]")])
@pytest.mark.parametrize("user_id", ["ben", "nobody"])
def test_nobody_but_admins_signs_others_out(
    claims: dict[str, Any], user_id: str, sessions: MemorySessions, bridge: Bridge
) -> None:
    """The answer is the same whether or not there is such a user."""
    assert call(handler, ROUTE, claims=claims, userId=user_id)[0] == 403
    assert all(sessions.signed_in.values())
    assert bridge.events == []


def test_nobody_is_signed_out_who_does_not_exist(bridge: Bridge) -> None:
    assert call(handler, ROUTE, claims=ADMIN, userId="nobody")[0] == 404
    assert bridge.events == []


def test_a_repeated_sign_out_is_answered_in_the_same_way() -> None:
    assert call(handler, ROUTE, claims=ADMIN, userId="ben") == (204, None)
    assert call(handler, ROUTE, claims=ADMIN, userId="ben") == (204, None)


def test_where_publishing_fails_the_caller_learns_it_and_repeats(bridge: Bridge) -> None:
    bridge.refuses = True
    status, problem = call(handler, ROUTE, claims=ADMIN, userId="ben")
    assert status == 503
    assert problem["detail"].endswith("repeat the request to end them.")

    bridge.refuses = False
    assert call(handler, ROUTE, claims=ADMIN, userId="ben") == (204, None)
    assert [event.user_id for event in bridge.events] == ["ben"]


def test_a_sign_out_of_oneself_can_be_repeated_with_the_token_that_it_ended(bridge: Bridge) -> None:
    assert call(handler, ROUTE, claims=SUPPORTER, userId="me") == (204, None)
    assert call(handler, ROUTE, claims=SUPPORTER, userId="me") == (204, None)
    assert len(bridge.events) == 1


def test_a_sign_out_of_oneself_that_failed_is_done_when_it_is_repeated(bridge: Bridge, ends: FakeEnds) -> None:
    bridge.refuses = True
    assert call(handler, ROUTE, claims=SUPPORTER, userId="me")[0] == 503
    assert ends.ends == {}
    bridge.refuses = False
    assert call(handler, ROUTE, claims=SUPPORTER, userId="me") == (204, None)
    assert len(bridge.events) == 1


def test_an_admin_who_was_signed_out_signs_nobody_out(bridge: Bridge, ends: FakeEnds) -> None:
    ends.end("tom", datetime.now(UTC))
    assert call(handler, ROUTE, claims=ADMIN, userId="ben")[0] == 401
    assert bridge.events == []


def test_nobody_signs_out_without_a_token() -> None:
    assert call(handler, ROUTE, userId="me")[0] == 401
