import json
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from identity.access.domain.ending import Ending
from identity.registration import wiring
from identity.registration.domain.registration import user_registered
from identity.registration.handlers.post_confirmation import handler
from identity.settings import Events
from shared.events.domain_events import DomainEvent, parse
from shared.events.event_bridge import EventBus, NotPublished
from shared.settings import MissingSettings
from tests.identity.access.memory_sessions import MemorySessions
from tests.shared.auth.fake_ends import FakeEnds
from tests.shared.lambda_context import CONTEXT, fails_as

NOW = datetime(2026, 2, 3, 4, 5, 6, 789000, tzinfo=UTC)


class Bridge:
    """EventBridge, taking entries or refusing them all."""

    def __init__(self, refuses: bool = False) -> None:
        self.refuses = refuses
        self.entries: list[dict[str, Any]] = []

    def put_events(self, **request: Any) -> dict[str, Any]:
        entries = request["Entries"]
        if self.refuses:
            return {"FailedEntryCount": len(entries), "Entries": [{"ErrorCode": "InternalFailure"}]}
        self.entries += entries
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]}

    @property
    def events(self) -> list[DomainEvent]:
        return [parse(json.loads(entry["Detail"])) for entry in self.entries]


@pytest.fixture(autouse=True)
def bridge(monkeypatch: pytest.MonkeyPatch) -> Bridge:
    bridge = Bridge()
    bus = EventBus(bridge, "bus-1", "almoner.identity")
    monkeypatch.setattr(wiring, "event_bus", lambda: bus)
    ending = Ending(FakeEnds(), bus)
    monkeypatch.setattr(wiring, "ending", lambda: ending)
    return bridge


@pytest.fixture(autouse=True)
def pools(monkeypatch: pytest.MonkeyPatch) -> dict[str, MemorySessions]:
    """The sessions of each user pool."""
    pools = {"us-west-2_almoner": MemorySessions("7d1c0a1e-user", "ben")}
    monkeypatch.setattr(wiring, "sessions", pools.__getitem__)
    return pools


def confirmation(
    source: str = "PostConfirmation_ConfirmSignUp", sub: str = "7d1c0a1e-user", **attributes: str
) -> dict[str, Any]:
    """What Cognito calls its post-confirmation trigger with."""
    standard = {"sub": sub, "email": "ada@example.org", "email_verified": "true", "name": "Ada Lovelace"}
    return {
        "version": "1",
        "triggerSource": source,
        "region": "us-west-2",
        "userPoolId": "us-west-2_almoner",
        "userName": sub,
        "callerContext": {"awsSdkVersion": "aws-sdk-js-3", "clientId": "client-of-almoner"},
        "request": {"userAttributes": standard | attributes},
        "response": {},
    }


def test_confirmed_sign_up_is_published(bridge: Bridge) -> None:
    before = datetime.now(UTC) - timedelta(milliseconds=1)

    handler(confirmation(), CONTEXT)

    [entry], [event] = bridge.entries, bridge.events
    assert (entry["Source"], entry["DetailType"], entry["EventBusName"]) == (
        "almoner.identity",
        "UserRegistered",
        "bus-1",
    )
    assert event.user_id == "7d1c0a1e-user"
    assert event.version == 1
    assert event.data == {"name": "Ada Lovelace", "email": "ada@example.org"}
    assert before <= event.occurred_at <= datetime.now(UTC)


@pytest.mark.parametrize("source", ["PostConfirmation_ConfirmSignUp", "PostConfirmation_ConfirmForgotPassword"])
def test_cognito_gets_its_event_back_unchanged(source: str) -> None:
    assert handler(confirmation(source), CONTEXT) == confirmation(source)


def test_new_password_signs_out_whoever_had_the_old_one(bridge: Bridge, pools: dict[str, MemorySessions]) -> None:
    now = datetime.now(UTC)
    handler(confirmation("PostConfirmation_ConfirmForgotPassword"), CONTEXT)

    assert pools["us-west-2_almoner"].signed_in == {"7d1c0a1e-user": False, "ben": True}
    [entry], [event] = bridge.entries, bridge.events
    assert (entry["DetailType"], event.user_id) == ("UserAccessEnded", "7d1c0a1e-user")
    assert event.data == {"how": "new-password"}
    # who signs in at once, with the new password, has a token of this second
    assert now - timedelta(seconds=1) < event.occurred_at + timedelta(milliseconds=1) <= datetime.now(UTC)
    assert event.occurred_at.microsecond == 999_000


def test_retry_of_cognito_publishes_the_same_event_again(bridge: Bridge) -> None:
    handler(confirmation(), CONTEXT)
    handler(confirmation(), CONTEXT)

    first, second = bridge.events
    assert first.id == second.id


def test_two_people_are_two_events(bridge: Bridge) -> None:
    handler(confirmation(sub="ada"), CONTEXT)
    handler(confirmation(sub="bob"), CONTEXT)

    first, second = bridge.events
    assert first.id != second.id


def test_only_what_other_contexts_need_leaves_the_user_pool(bridge: Bridge) -> None:
    handler(confirmation(phone_number="+44 20 7946 0000", birthdate="1815-12-10"), CONTEXT)

    assert bridge.events[0].data.keys() == {"name", "email"}


def test_person_without_a_name_is_registered_too() -> None:
    attributes = confirmation()["request"]["userAttributes"]
    del attributes["name"]

    event = user_registered(attributes, NOW)

    assert event.data == {"name": "", "email": "ada@example.org"}


def test_event_carries_the_time_that_it_is_given() -> None:
    event = user_registered(confirmation()["request"]["userAttributes"], NOW)

    assert event.occurred_at == NOW


def test_refused_event_fails_the_trigger_so_that_cognito_calls_again(bridge: Bridge) -> None:
    bridge.refuses = True

    with fails_as(NotPublished):
        handler(confirmation(), CONTEXT)


def test_log_names_the_event_and_not_the_person(bridge: Bridge, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        handler(confirmation(), CONTEXT)

    [line] = [vars(record) for record in caplog.records]
    assert line["trigger"] == "PostConfirmation_ConfirmSignUp"
    assert line["eventId"] == bridge.events[0].id
    written = json.dumps(line, default=str)
    for private in ["7d1c0a1e-user", "ada@example.org", "Ada Lovelace"]:
        assert private not in written


def test_function_deployed_without_its_bus_fails_with_the_name_of_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EVENT_BUS_NAME", raising=False)

    with pytest.raises(MissingSettings, match="EVENT_BUS_NAME"):
        Events()


@pytest.mark.parametrize(
    ("attributes", "registered"),
    [
        ({"phone_number": "+447700900123", "phone_number_verified": "true", "email_verified": "false"}, 0),
        ({"phone_number": "+447700900123", "phone_number_verified": "true", "email_verified": "true"}, 1),
        ({"email_verified": "false"}, 1),  # staff have confirmed the sign-up
    ],
)
def test_nobody_registers_an_address_by_verifying_a_phone_number(
    bridge: Bridge, attributes: dict[str, str], registered: int
) -> None:
    event = confirmation(**attributes)

    assert handler(event, CONTEXT) == event
    assert len(bridge.events) == registered
