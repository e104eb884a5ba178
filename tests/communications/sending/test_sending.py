"""One attempt to send a row."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from communications.sending.domain.outbox import Channel, OutboxRow, SendState
from communications.sending.domain.sending import Destination, NotAccepted, OutcomeUnknown, Refused, Sender
from communications.sending.domain.suppressions import Cause, Suppression, address_key, category_key, event_key
from shared.errors import Unavailable
from tests.communications.sending.examples import NOW, a_row
from tests.communications.sending.fakes import FakeDestinations, FakeOutbox, FakeProvider, FakeSuppressions

MAIL = [Destination("email", "ada@example.org")]
DEVICES = [Destination(name, f"arn:{name}") for name in ("phone", "tablet")]


def sender_of(row: OutboxRow, provider: FakeProvider, to: Sequence[Destination] = MAIL, **changes: Any) -> Sender:
    ports: dict[str, Any] = {
        "channel": row.channel,
        "outbox": FakeOutbox(row),
        "destinations": FakeDestinations(ada=to),
        "suppressions": FakeSuppressions(),
        "provider": provider,
        "clock": lambda: NOW,
    }
    return Sender(**(ports | changes))


def sent(row: OutboxRow, provider: FakeProvider, to: Sequence[Destination] = MAIL, **changes: Any) -> OutboxRow:
    after = sender_of(row, provider, to, **changes).send(row.outbox_id)
    assert after is not None
    return after


def test_row_is_sent_once() -> None:
    provider, row = FakeProvider(), a_row()
    sender = sender_of(row, provider)
    for _ in range(3):
        after = sender.send(row.outbox_id)
        assert after is not None
        assert (after.state, after.provider_id, after.attempt) == (SendState.SENT, "accepted-1", 1)
    assert provider.accepted == [(row.outbox_id, "email")]


@pytest.mark.parametrize(
    ("changes", "state", "reason"),
    [({}, SendState.CANCELLED, "stopped"), ({"category": None}, SendState.SENT, None)],
    ids=["news", "what is always sent"],
)
def test_what_was_called_off_is_not_sent(changes: dict[str, Any], state: SendState, reason: str | None) -> None:
    provider, row, suppressions = FakeProvider(), a_row(**changes), FakeSuppressions()
    suppressions.add(Suppression(event_key(row.event_id), Cause.STOPPED, NOW, NOW + timedelta(days=1)))
    after = sent(row, provider, suppressions=suppressions)
    assert (after.state, after.reason) == (state, reason)
    assert bool(provider.accepted) is (state is SendState.SENT)


def test_row_with_an_address_goes_there_alone() -> None:
    provider, row = FakeProvider(), a_row(address="old@example.org", category=None)
    assert sent(row, provider).state is SendState.SENT
    assert provider.addresses == ["old@example.org"]
    suppressed = FakeSuppressions()
    suppressed.add(Suppression(address_key(Channel.EMAIL, "old@example.org"), Cause.BOUNCED, NOW))
    assert sent(row, FakeProvider(), suppressions=suppressed).reason == "bounced"


@pytest.mark.parametrize("state", sorted(set(SendState) - {SendState.PENDING}))
def test_nothing_else_is_sent(state: SendState) -> None:
    provider, row = FakeProvider(), a_row(state=state)
    assert sent(row, provider) == row
    assert not provider.accepted


@pytest.mark.parametrize(
    ("outcome", "state", "reason"),
    [
        (Refused("bad address"), SendState.FAILED, "bad address"),
        (NotAccepted("throttled"), SendState.PENDING, "throttled"),
        (OutcomeUnknown(), SendState.UNKNOWN, "answer lost"),
    ],
)
def test_failure_is_noted_for_what_it_is(outcome: Exception, state: SendState, reason: str) -> None:
    after = sent(a_row(), FakeProvider(outcome))
    assert (after.state, after.reason) == (state, reason)


def test_row_of_another_channel_is_none_of_ours() -> None:
    row, provider = a_row(Channel.SMS), FakeProvider()
    assert sender_of(a_row(), provider, outbox=FakeOutbox(row)).send(row.outbox_id) is None
    assert sender_of(a_row(), provider).send("no#such#email") is None


def test_what_is_of_no_more_use_is_dropped() -> None:
    provider = FakeProvider()
    assert sent(a_row(drop_after=NOW), provider).state is SendState.EXPIRED
    assert not provider.accepted


def test_nobody_is_reached_without_an_address() -> None:
    after = sent(a_row(), FakeProvider(), [])
    assert (after.state, after.reason) == (SendState.FAILED, "no address")


def test_provider_is_not_called_for_whom_it_would_not_deliver_to() -> None:
    provider, destinations = FakeProvider(), FakeDestinations(ada=MAIL)
    destinations.hindered["email"] = "opted out"
    after = sent(a_row(), provider, destinations=destinations)
    assert (after.state, after.reason, provider.accepted) == (SendState.FAILED, "opted out", [])


@pytest.mark.parametrize(
    ("key", "category", "state"),
    [
        (address_key(Channel.EMAIL, "ada@example.org"), "messages", SendState.FAILED),
        (address_key(Channel.EMAIL, "ada@example.org"), None, SendState.SENT),
        (category_key(Channel.EMAIL, "ada", "messages"), "messages", SendState.FAILED),
        (category_key(Channel.EMAIL, "ada", "messages"), "news", SendState.SENT),
        (category_key(Channel.EMAIL, "ada", "messages"), None, SendState.SENT),
    ],
)
def test_what_was_turned_off_since_it_was_decided_is_not_sent(key: str, category: str | None, state: SendState) -> None:
    suppressions = FakeSuppressions()
    suppressions.add(Suppression(key, Cause.SPAM, NOW))
    after = sent(a_row(category=category), FakeProvider(), suppressions=suppressions)
    assert after.state is state
    assert state is SendState.SENT or after.reason == Cause.SPAM


class TestDevices:
    def test_each_gets_it_once_whatever_happens_to_the_others(self) -> None:
        row, provider = a_row(Channel.PUSH), FakeProvider(None, NotAccepted("throttled"))
        sender = sender_of(row, provider, DEVICES)
        waiting = sender.send(row.outbox_id)
        assert waiting is not None
        assert (waiting.state, waiting.reached) == (SendState.PENDING, frozenset(["phone"]))
        after = sender.send(row.outbox_id)
        assert after is not None
        assert after.state is SendState.SENT
        assert [device for _, device in provider.accepted] == ["phone", "tablet"]

    def test_one_that_is_gone_is_forgotten(self) -> None:
        destinations = FakeDestinations(ada=DEVICES)
        after = sent(a_row(Channel.PUSH), FakeProvider(Refused("disabled", gone=True)), destinations=destinations)
        assert (after.state, after.reached) == (SendState.SENT, frozenset(["tablet"]))
        assert destinations.of_user("ada") == DEVICES[1:]

    def test_doubt_about_one_is_doubt_about_the_row(self) -> None:
        provider = FakeProvider(OutcomeUnknown())
        row = a_row(Channel.PUSH)
        sender = sender_of(row, provider, DEVICES)
        unknown = sender.send(row.outbox_id)
        assert unknown is not None
        assert (unknown.state, unknown.reached) == (SendState.UNKNOWN, frozenset(["tablet"]))
        sender.outbox.save(unknown.resent(NOW))
        after = sender.send(row.outbox_id)
        assert after is not None
        assert after.state is SendState.SENT
        assert [device for _, device in provider.accepted] == ["tablet", "phone"]

    def test_what_no_time_is_left_for_comes_later(self) -> None:
        row, provider = a_row(Channel.PUSH), FakeProvider()
        waiting = sender_of(row, provider, DEVICES, has_time=lambda: False).send(row.outbox_id)
        assert waiting is not None
        assert (waiting.state, waiting.reached) == (SendState.PENDING, frozenset(["phone"]))


class FirstAnswerLost(FakeOutbox):
    def save(self, row: OutboxRow, unit_of_work: Any = None) -> OutboxRow:
        saved = super().save(row, unit_of_work)
        if saved.version == 1:
            raise Unavailable("Nobody can say what was done.")
        return saved


def test_claim_whose_answer_was_lost_is_recognized() -> None:
    row, provider = a_row(), FakeProvider()
    assert sent(row, provider, outbox=FirstAnswerLost(row)).state is SendState.SENT
    assert len(provider.accepted) == 1
