"""What quiet hours hold comes out as one digest when they end, on the deployed platform and by its clock."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from local.inbox.messages import Delivered, delivered
from tests.e2e.clients import Api, Platform, User, eventually
from tests.e2e.test_notifications import decisions, give, listed, release

pytestmark = pytest.mark.platform

ZONE = "Asia/Kathmandu"
"""Five hours and three quarters ahead."""
TIME_TO_GIVE = timedelta(seconds=30)


def test_held_gifts_are_mailed_together_when_quiet_hours_end(
    platform: Platform, communications: Callable[..., Api], personalization: Callable[..., Api], admin: User
) -> None:
    ada = platform.sign_up("Ada Lovelace")
    me = communications(ada)
    eventually(lambda: me.get("/users/me").ok)
    end = _next_minute(datetime.now(UTC) + TIME_TO_GIVE)
    quiet = {"from": _clock(end - timedelta(hours=23)), "to": _clock(end), "timeZone": ZONE}
    record = me.get("/users/me").json()
    record["settings"]["quietHours"] = quiet
    assert me("PUT", "/users/me", json=record).json()["settings"]["quietHours"] == quiet

    for pence in (500, 700):
        give(personalization, admin, ada, pence)
    eventually(lambda: len(listed(me, type="donation-received")) == 2)
    gifts = listed(me, type="donation-received")
    for gift in gifts:
        mail = decisions(me, gift)["email"]
        assert (mail["outcome"], mail["reason"]) == ("held", "quiet-hours")
        assert datetime.fromisoformat(mail["until"]) == end
    release(platform)
    assert datetime.now(UTC) < end
    assert _mails(platform, ada) == []

    deadline = end + timedelta(seconds=30)
    while not (mails := _mails(platform, ada)):
        assert datetime.now(UTC) < deadline, "nothing has been released"
        release(platform)
        time.sleep(0.5)
    [digest] = mails
    assert digest.at >= end
    assert all(f"GBP {pounds}" in digest.text for pounds in ("5.00", "7.00"))
    explained = [decisions(me, gift)["email"] for gift in gifts]
    assert [(each["outcome"], each["reason"]) for each in explained] == [("sent", "in-digest")] * 2
    release(platform)
    assert len(_mails(platform, ada)) == 1


def _next_minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0) + timedelta(minutes=1)


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(ZoneInfo(ZONE)):%H:%M}"


def _mails(platform: Platform, user: User) -> list[Delivered]:
    """Of notifications: the user pool mails codes."""
    found = delivered(platform.state / "mail", platform.state / "messages", to=user.email)
    return [each for each in found if "gift" in each.text]
