"""News to people with an interest: counted, mailed once, stopped, and turned off by the link in the mail."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.e2e.clients import Api, Platform, User, eventually, is_problem
from tests.e2e.local_inbox import inbox_of

pytestmark = pytest.mark.platform

type Calls = Callable[..., Api]
type Json = dict[str, Any]


@pytest.fixture
def interest() -> str:
    """Nobody else's."""
    return f"otters {uuid.uuid4().hex}"


@pytest.fixture
def rosa(platform: Platform, personalization: Calls, communications: Calls, interest: str) -> User:
    """Consents to marketing, and is interested."""
    user = platform.sign_up("Rosa Martínez")
    profile, path = personalization(user), f"/profile?userId={user.user_id}"
    eventually(lambda: profile.get(path).ok and communications(user).get("/users/me").ok)
    consent = [{"purpose": "marketing", "granted": True}]
    amended = {"version": profile.get(path).json()["version"], "interests": [interest], "consent": consent}
    assert profile("PATCH", "/profile", json=amended).ok
    return user


def start(api: Api, interest: str, **more: Any) -> Json:
    news = {"title": "Otters are back", "content": "Come and see.", "channels": ["email"]}
    body = news | {"segment": {"interest": interest.upper()}} | more
    answer = api("POST", "/broadcasts", json=body, headers={"Idempotency-Key": uuid.uuid4().hex})
    assert answer.status_code == 202, answer.text
    return dict(answer.json())


def report(api: Api, interest: str) -> Json:
    """Of a broadcast, when it is done."""
    path = f"/broadcasts/{start(api, interest)['broadcastId']}"
    eventually(lambda: api.get(path).json()["state"] == "done")
    return dict(api.get(path).json())


def test_news_reach_those_who_consent_until_they_turn_them_off(
    rosa: User, interest: str, platform: Platform, communications: Calls
) -> None:
    staff, me = communications(platform.sample_user("staff")), communications(rosa)
    eventually(lambda: start(staff, interest, dryRun=True)["recipients"] == 1)
    counted = start(staff, interest, dryRun=True)
    assert counted == {
        "broadcastId": None,
        "dryRun": True,
        "recipients": 1,
        "counts": {"email": {"sent": 1}},
        "complete": True,
    }
    assert me.get("/notifications").json()["items"] == []

    first = report(staff, interest)
    assert (first["recipients"], first["counts"]) == (1, counted["counts"])
    eventually(lambda: inbox_of(platform, rosa.email))
    [mail] = inbox_of(platform, rosa.email)
    assert mail.title == "Otters are back"

    link = mail.headers["List-Unsubscribe"].strip("<>")
    assert requests.get(link, timeout=30).json()["unsubscribed"] is False
    assert start(staff, interest, dryRun=True)["counts"] == {"email": {"sent": 1}}
    assert requests.post(link, data={"List-Unsubscribe": "One-Click"}, timeout=30).json()["unsubscribed"] is True
    assert report(staff, interest)["counts"] == {"email": {"suppressed": 1}}
    newest = me.get("/notifications").json()["items"][0]
    explanation = me.get(f"/notifications/{newest['notificationId']}/explanation").json()
    [decision] = [each for each in explanation["decisions"] if each["channel"] == "email"]
    assert (decision["outcome"], decision["reason"]) == ("suppressed", "unsubscribed")
    assert len(inbox_of(platform, rosa.email)) == 1


def test_ended_broadcast_stays_as_it_is_and_is_nobody_elses(
    rosa: User, interest: str, platform: Platform, communications: Calls
) -> None:
    staff = communications(platform.sample_user("staff"))
    done = report(staff, f"{interest} and nobody's")
    path = f"/broadcasts/{done['broadcastId']}"
    assert staff("POST", f"{path}/stop").json() == done
    assert done["broadcastId"] in [each["broadcastId"] for each in staff.get("/broadcasts").json()["items"]]
    is_problem(communications(rosa).get(path), 403)
