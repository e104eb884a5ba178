"""The streams of InboxEntries and of the Outbox → figures."""

import json
from collections.abc import Mapping
from datetime import UTC, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communications.figures import wiring
from communications.figures.handlers.count_communication_figures import handler
from communications.inbox.adapters.records import EntryRecord
from communications.inbox.domain.inbox import Kind, NumberedEntry, Unread
from communications.sending.adapters.outbox import OutboxRecord
from communications.sending.domain.outbox import Channel, OutboxRow
from local.workspace import ROOT
from shared.json.encoding import rfc3339
from tests.communications.sending.examples import NOW, a_row
from tests.shared.events.streamed import failures, stream_of_changes
from tests.shared.figures.fake_figures import FakeFigures
from tests.shared.lambda_context import CONTEXT

type Images = tuple[Any, Any]
TODAY = NOW.date()


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> FakeFigures:
    figures = FakeFigures(UTC)
    monkeypatch.setattr(wiring, "figures", lambda: figures)
    return figures


def entry(kind: Kind, data: Mapping[str, Any], user_id: str = "ada", seq: int = 1) -> Images:
    record = EntryRecord.of(NumberedEntry(user_id, seq, kind, data, Unread(1, 1)), NOW)
    return None, record.to_dynamodb_dict()


def message(number: int = 1, *, sender: str = "ada", of: str = "ada", change: str = "sent") -> Images:
    names = {"conversationId": "c", "messageId": f"m{number}", "senderId": sender, "change": change}
    return entry(Kind.MESSAGE, names, of)


def notification(number: int = 1, of: str = "ada", created_at: str = rfc3339(NOW)) -> Images:
    return entry(Kind.NOTIFICATION, {"notification": {"notificationId": f"n{number}", "createdAt": created_at}}, of)


def row(before: OutboxRow | None, after: OutboxRow) -> Images:
    old, new = (each and OutboxRecord.of(each).to_dynamodb_dict() for each in (before, after))
    return old, new


def counted(*changes: Images) -> Any:
    event = stream_of_changes(changes)
    for record in event["Records"]:
        record["dynamodb"]["ApproximateCreationDateTime"] = NOW.timestamp()
    return handler(event, CONTEXT)


def test_message_counts_once_however_many_it_went_to(figures: FakeFigures) -> None:
    assert counted(message(), message(of="ben"), message(of="cy"), message(2)) == failures()
    assert figures.days == {TODAY: {"messages": 2}}


def test_edits_reads_and_counts_of_unread_are_no_messages(figures: FakeFigures) -> None:
    counted(message(change="edited"), message(change="deleted"), entry(Kind.READ, {}), entry(Kind.UNREAD, {}))
    assert figures.days == {}


def test_notification_counts_for_each_user_who_got_it_and_not_again_when_it_comes_back(figures: FakeFigures) -> None:
    counted(notification(1), notification(2, of="ben"), notification(1))
    assert figures.days == {TODAY: {"notifications": 2}}

    counted(notification(3, created_at=rfc3339(NOW - timedelta(days=20))))
    assert figures.days == {TODAY: {"notifications": 2}}


@pytest.mark.parametrize(
    ("channel", "name"), [(Channel.EMAIL, "emails"), (Channel.SMS, "sms"), (Channel.PUSH, "pushes")]
)
def test_what_a_provider_has_accepted_counts_once(figures: FakeFigures, channel: Channel, name: str) -> None:
    sending = a_row(channel).claimed("c1", NOW)
    sent = sending.sent("p1")

    counted(row(None, a_row(channel)), row(a_row(channel), sending))
    assert figures.days == {}
    counted(row(sending, sent), row(sending, sent))
    assert figures.days == {TODAY: {name: 1}}


def test_what_has_failed_counts_for_each_attempt(figures: FakeFigures) -> None:
    first = a_row().claimed("c1", NOW)
    failed = first.failed("bad address")
    again = failed.resent(NOW)
    second = again.claimed("c2", NOW)
    counted(row(first, failed), row(failed, again), row(again, second), row(second, second.failed("bad address")))
    assert figures.days == {TODAY: {"failed": 2}}


def test_row_that_cannot_be_read_fails_alone(figures: FakeFigures) -> None:
    event = stream_of_changes([message(1), message(2)])
    event["Records"][0]["dynamodb"]["NewImage"]["data"] = {"S": "broken"}

    assert handler(event, CONTEXT) == failures("s0")
    assert list(figures.days.values()) == [{"messages": 1}]


def test_sample_counts_a_message(figures: FakeFigures) -> None:
    handler(json.loads((ROOT / "events/communications/count_communication_figures.json").read_text()), CONTEXT)

    assert list(figures.days.values()) == [{"messages": 1}]


@given(data=st.data())
def test_any_order_and_repetition_of_records_gives_the_same_days(data: st.DataObject) -> None:
    sending = a_row().claimed("c1", NOW)
    records = [message(1), message(2), message(1, of="ben"), notification(1), row(sending, sending.sent("p1"))]
    delivered = data.draw(st.permutations([*records, *data.draw(st.lists(st.sampled_from(records), max_size=10))]))
    figures = FakeFigures(UTC)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(wiring, "figures", lambda: figures)
        for each in delivered:
            counted(each)

    assert figures.days == {TODAY: {"messages": 2, "notifications": 1, "emails": 1}}
