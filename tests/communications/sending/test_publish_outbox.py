from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from communications.sending import wiring
from communications.sending.adapters.outbox import OutboxRecord
from communications.sending.domain.outbox import LEASE, OutboxRow, SendState
from communications.sending.handlers.publish_outbox import handler
from shared.dynamodb.records import Image
from shared.observability.logs import logger
from tests.communications.sending.examples import NOW, a_row
from tests.communications.sending.test_publishing import Topic
from tests.shared.events.streamed import failures, stream_of_changes
from tests.shared.lambda_context import CONTEXT


def image(row: OutboxRow) -> Image:
    found: Image = OutboxRecord.at("outbox").of(row).to_dynamodb_dict()
    return found


@pytest.fixture
def topic(monkeypatch: pytest.MonkeyPatch) -> Topic:
    topic = Topic()
    monkeypatch.setattr(wiring, "topic", lambda: topic)
    return topic


def test_due_rows_are_published_and_only_those_that_failed_come_again(topic: Topic) -> None:
    rows = [a_row(user_id=user_id) for user_id in ("ada", "bob", "eve")]
    topic.refuses = (rows[1].outbox_id,)
    claimed = (image(rows[0]), image(rows[0].claimed("claim", NOW)))
    unreadable: tuple[None, Image] = (None, {"outboxId": {"S": "x"}})
    event = stream_of_changes([*((None, image(row)) for row in rows), claimed, unreadable])
    assert handler(event, CONTEXT) == failures("s4", "s1")
    assert topic.published == [rows[0].outbox_id, rows[2].outbox_id]


def test_what_became_of_rows_is_counted(topic: Topic, monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[tuple[str, int]] = []

    def info(message: str, extra: dict[str, object]) -> None:
        if message == "rows of the outbox":
            counted.extend(
                (name, value)
                for name in ("sent", "failed", "unknown", "postponed")
                if isinstance(value := extra.get(name), int)
            )

    monkeypatch.setattr(logger, "info", info)
    sending = a_row(drop_after=datetime.now(UTC) + timedelta(days=1)).claimed("claim", NOW)
    later = sending.drop_after - 2 * LEASE
    after: Sequence[OutboxRow] = [
        sending.sent("id"),
        sending.sent("id"),
        sending.failed("bad address"),
        sending.postponed("throttled", later),
        sending.doubtful("answer lost", NOW),
    ]
    others = [(image(a_row()), image(sending)), (None, image(a_row(state=SendState.HELD)))]
    handler(stream_of_changes([*((image(sending), image(row)) for row in after), *others]), CONTEXT)
    assert counted == [("sent", 2), ("failed", 1), ("unknown", 1), ("postponed", 1)]
    assert topic.published == []
