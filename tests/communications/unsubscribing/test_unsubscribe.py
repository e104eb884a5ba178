"""Links in mails: what they show, what they turn off, and what that does to the next decision."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from communications.notifications.domain.deciding import Outcome
from communications.notifications.domain.explaining import Explaining
from communications.notifications.domain.reaching import Reaching
from communications.notifications.domain.types import Channel
from communications.sending.domain import outbox as sending
from communications.sending.domain.outbox import OutboxRow
from communications.sending.domain.suppressions import Cause, Suppression, category_key
from communications.sending.domain.unsubscribing import UnsubscribeLinks
from communications.unsubscribing import wiring
from communications.unsubscribing.domain.unsubscribing import TAKEN_BACK_WITHIN, Unsubscribing
from communications.unsubscribing.handlers.unsubscribe import handler
from local.workspace import ROOT
from shared.auth.seals import Seals
from shared.errors import NotFound
from shared.json.encoding import rfc3339
from tests.communications.audience.fakes import FakeAudience
from tests.communications.notifications.world import NOON, World, news
from tests.communications.sending.examples import a_row
from tests.communications.sending.fakes import FakeDevices, FakeSuppressions
from tests.shared.handler_calls import answer_of
from tests.shared.http_api_calls import call

pytestmark = pytest.mark.usefixtures("edge")

GET, POST, UNDO = "GET /unsubscribe/{token}", "POST /unsubscribe/{token}", "POST /resubscribe/{token}"
SEALS = Seals("key of links")
KEY = category_key(sending.Channel.EMAIL, "ana", "donations")
ON = {"channel": "email", "category": "donations", "unsubscribed": False}


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture(autouse=True)
def suppressions(world: World, monkeypatch: pytest.MonkeyPatch) -> FakeSuppressions:
    suppressions = FakeSuppressions()
    unsubscribing = Unsubscribing(SEALS, world.users, suppressions)
    monkeypatch.setattr(wiring, "unsubscribing", lambda: unsubscribing)
    return suppressions


def token_of(row: OutboxRow) -> str:
    link = UnsubscribeLinks(SEALS, "https://api.example.org/v1").of(row)
    assert link
    return link.rpartition("/")[2]


@pytest.fixture
def token() -> str:
    return token_of(a_row(user_id="ana", category="donations"))


def test_reading_changes_nothing(token: str, suppressions: FakeSuppressions) -> None:
    for _ in range(2):
        assert call(handler, GET, token=token) == (200, ON)
    assert suppressions.by_key == {}


def test_one_click_turns_the_category_off_once(token: str, suppressions: FakeSuppressions) -> None:
    for _ in range(2):
        status, answer = call(handler, POST, token=token)
        assert (status, answer | {"undo": None}) == (200, ON | {"unsubscribed": True, "undo": None})
        (first,) = suppressions.by_key.values()
    assert (first.key, first.cause, first.until) == (KEY, Cause.UNSUBSCRIBED, None)
    assert suppressions.by_key == {KEY: first}
    assert call(handler, GET, token=token) == (200, ON | {"unsubscribed": True})


def turned_off(token: str) -> str:
    """What takes it back."""
    return str(call(handler, POST, token=token)[1]["undo"])


def test_what_was_turned_off_just_now_can_be_taken_back(token: str, suppressions: FakeSuppressions) -> None:
    undo = turned_off(token)
    assert undo == turned_off(token)
    for _ in range(2):
        assert call(handler, UNDO, token=undo) == (200, ON)
    assert suppressions.by_key == {}
    assert call(handler, GET, token=token) == (200, ON)


def test_undo_is_of_no_use_for_what_was_turned_off_later(token: str, suppressions: FakeSuppressions) -> None:
    undo = turned_off(token)
    call(handler, UNDO, token=undo)
    suppressions.add(Suppression(KEY, Cause.UNSUBSCRIBED, datetime.now(UTC) + timedelta(seconds=1)))
    assert call(handler, UNDO, token=undo)[0] == 404
    assert call(handler, GET, token=token)[1]["unsubscribed"]


@pytest.mark.parametrize(
    "suppression",
    [
        Suppression(KEY, Cause.UNSUBSCRIBED, datetime.now(UTC) - TAKEN_BACK_WITHIN),
        Suppression(KEY, Cause.SPAM, datetime.now(UTC)),
    ],
    ids=["an hour ago", "as spam"],
)
def test_holder_of_a_link_cannot_turn_on_what_others_have_turned_off(
    token: str, suppressions: FakeSuppressions, suppression: Suppression
) -> None:
    suppressions.add(suppression)
    assert call(handler, POST, token=token) == (200, ON | {"unsubscribed": True, "undo": None})
    made_up = SEALS.make("take back an unsubscription", f"email ana {rfc3339(suppression.at)} donations")
    assert call(handler, UNDO, token=made_up)[0] == 404
    assert suppressions.by_key == {KEY: suppression}


def test_undo_lasts_for_an_hour(token: str, suppressions: FakeSuppressions) -> None:
    unsubscribing = wiring.unsubscribing()
    undo = unsubscribing.unsubscribe(token, NOON).undo
    assert undo
    with pytest.raises(NotFound):
        unsubscribing.take_back(undo, NOON + TAKEN_BACK_WITHIN)
    assert KEY in suppressions.by_key
    unsubscribing.take_back(undo, NOON + TAKEN_BACK_WITHIN - timedelta(seconds=1))
    assert suppressions.by_key == {}


def test_link_and_undo_do_not_stand_for_each_other(token: str, suppressions: FakeSuppressions) -> None:
    undo = turned_off(token)
    assert call(handler, UNDO, token=token)[0] == 404
    assert call(handler, GET, token=undo)[0] == call(handler, POST, token=undo)[0] == 404
    assert KEY in suppressions.by_key


def test_what_a_spam_report_has_turned_off_keeps_its_cause(token: str, suppressions: FakeSuppressions) -> None:
    reported = Suppression(KEY, Cause.SPAM, NOON)
    suppressions.add(reported)
    assert call(handler, POST, token=token)[1]["unsubscribed"]
    assert suppressions.by_key == {KEY: reported}


def test_request_of_a_mailbox_provider_has_a_form(token: str) -> None:
    """No token and no key, and a body that is no JSON."""
    event = json.loads((ROOT / "events/communications/unsubscribe.json").read_text())
    assert event["body"] == "List-Unsubscribe=One-Click"
    assert answer_of(handler, event | {"pathParameters": {"token": token}})[0] == 200
    assert answer_of(handler, event)[0] == 404  # its token was made with another key


@pytest.mark.parametrize("route", [GET, POST, UNDO])
def test_wrong_links_and_those_of_people_who_have_gone_are_the_same(
    route: str, token: str, world: World, suppressions: FakeSuppressions
) -> None:
    wrong = [
        "x",
        token[:-1],
        token[::-1],
        Seals("another key").make("unsubscribe", "email ana donations"),
        Seals("key of links").make("cursor", "email ana donations"),
        token_of(a_row(user_id="nobody", category="donations")),
    ]
    answers = [call(handler, route, token=each) for each in wrong]
    del world.users.by_id["ana"]
    answers.append(call(handler, route, token=token))
    assert {status for status, _ in answers} == {404}
    assert len({problem["detail"] for _, problem in answers}) == 1
    assert suppressions.by_key == {}


def test_next_notification_is_suppressed_and_says_why(token: str, world: World, suppressions: FakeSuppressions) -> None:
    notifying = replace(world.notifying, reach=Reaching(suppressions, FakeDevices(), FakeAudience()))
    explaining = Explaining(world.notifications, world.decisions, world.outbox)

    def mail_of(event_id: str, type_: str = "donation-received") -> tuple[Outcome, str]:
        notifying.notify(news(type_, event_id, NOON), lambda _: False, NOON + timedelta(minutes=1))
        explanation = explaining.explain("ana", world.notification(event_id).notification_id)
        (mail,) = [each for each in explanation.decisions if each.channel is Channel.EMAIL]
        return mail.outcome, mail.reason

    call(handler, GET, token=token)
    assert mail_of("before") == (Outcome.SENT, "at-once")
    call(handler, POST, token=token)
    assert mail_of("after") == (Outcome.SUPPRESSED, "unsubscribed")
    assert mail_of("another category", "ticket-answered")[0] is Outcome.HELD
    assert mail_of("always sent", "order-refunded") == (Outcome.SENT, "at-once")
