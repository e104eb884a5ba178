"""Redriving, and sending again: said first, then done."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from communications.sending.domain.outbox import OutboxRow, SendState
from communications.sending.domain.settling import Settling
from operations import sends
from operations.environment import CannotContinue, Environment
from tests.communications.sending.examples import NOW, a_row
from tests.communications.sending.fakes import FakeOutbox

UNKNOWN = a_row(event_id="unknown").claimed("claim", NOW).doubtful("answer lost", NOW)
PENDING = a_row(event_id="pending", drop_after=datetime(9999, 1, 1, tzinfo=UTC))


class Queue:
    """Of dead letters: received ones are hidden until they are deleted or shown again."""

    def __init__(self, *outbox_ids: str) -> None:
        self.bodies = {str(number): {"outboxId": each} for number, each in enumerate(outbox_ids)}
        self.hidden: set[str] = set()

    def receive_message(self, **_: Any) -> dict[str, Any]:
        shown = [handle for handle in self.bodies if handle not in self.hidden][:2]
        self.hidden.update(shown)
        return {"Messages": [{"ReceiptHandle": each, "Body": json.dumps(self.bodies[each])} for each in shown]}

    def delete_message(self, *, ReceiptHandle: str, **_: Any) -> None:  # noqa: N803  boto3's names
        del self.bodies[ReceiptHandle]

    def change_message_visibility(self, *, ReceiptHandle: str, **_: Any) -> None:  # noqa: N803
        self.hidden.discard(ReceiptHandle)

    def describe_stack_resource(self, *, StackName: str, LogicalResourceId: str) -> dict[str, Any]:  # noqa: N803
        return {"StackResourceDetail": {"PhysicalResourceId": f"{StackName}/{LogicalResourceId}"}}


@pytest.fixture
def outbox(monkeypatch: pytest.MonkeyPatch) -> FakeOutbox:
    outbox = FakeOutbox(UNKNOWN, PENDING)
    monkeypatch.setattr(sends, "settling", lambda _: Settling(outbox))
    return outbox


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Queue:
    queue = Queue(UNKNOWN.outbox_id, PENDING.outbox_id, "no#such#email")
    monkeypatch.setattr(Environment, "client", lambda *_: queue)
    return queue


HERE = Environment("dev", "us-west-2", "almoner-dev")


def state(outbox: FakeOutbox, row: OutboxRow) -> SendState:
    return outbox.by_id[row.outbox_id].state


def test_dry_run_changes_nothing(outbox: FakeOutbox, queue: Queue) -> None:
    said: list[str] = []
    assert sends.redrive(HERE, "email", said.append, go=False) == 3
    assert said == [
        "unknown#ada#email (unknown, answer lost): left as it is",
        "pending#ada#email (pending): sent within a minute",
        "no#such#email: there is no such row",
    ]
    assert (outbox.by_id, len(queue.bodies), queue.hidden) == (
        {row.outbox_id: row for row in (UNKNOWN, PENDING)},
        3,
        set(),
    )


def test_dead_letters_are_deleted_once_their_rows_are_looked_after(outbox: FakeOutbox, queue: Queue) -> None:
    assert sends.redrive(HERE, "email", lambda _: None, go=True) == 3
    assert queue.bodies == {}
    assert state(outbox, UNKNOWN) is SendState.UNKNOWN
    assert outbox.by_id[PENDING.outbox_id].version == 1


def test_there_are_three_channels(outbox: FakeOutbox, queue: Queue) -> None:
    with pytest.raises(CannotContinue, match="email, sms, push"):
        sends.redrive(HERE, "fax", lambda _: None, go=True)
    assert len(queue.bodies) == 3
    assert state(outbox, PENDING) is SendState.PENDING


def test_unknown_ones_are_listed_and_sent_again_on_purpose(outbox: FakeOutbox) -> None:
    said: list[str] = []
    assert sends.list_unknown(HERE, said.append) == 1
    assert said[0].startswith("unknown#ada#email  since 2026-02-03 04:05, attempt 1: answer lost")
    sends.resend(HERE, UNKNOWN.outbox_id, said.append, go=False)
    assert state(outbox, UNKNOWN) is SendState.UNKNOWN
    sends.resend(HERE, UNKNOWN.outbox_id, said.append, go=True)
    assert state(outbox, UNKNOWN) is SendState.PENDING
    assert said[1] == said[2] == "unknown#ada#email (unknown, answer lost): sent within a minute"
