from datetime import UTC, datetime, timedelta

import pytest

from communications.notifications.domain.notification import Change
from communications.notifications.handlers.release_notifications import handler
from communications.sending.domain.outbox import SendState
from communications.users.domain.users import Channels, Settings
from tests.communications.notifications.world import World
from tests.shared.lambda_context import CONTEXT


def test_what_is_due_is_released_and_what_was_snoozed_comes_back(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.set(Settings(Channels(email=True)))
    now = datetime.now(UTC)
    world.notify("ticket-answered", now - timedelta(minutes=11), "due")
    world.notify("ticket-answered", now, "not due")
    world.notify("stock-low", now - timedelta(minutes=1), "snoozed")
    until = now - timedelta(seconds=1)
    snooze = Change(snoozed_until=until)
    world.changes.change("ana", world.notification("snoozed").notification_id, snooze, now - timedelta(minutes=1))

    handler({}, CONTEXT)

    states = {row.event_id: row.state for row in world.outbox.by_id.values()}
    assert (states["due"], states["not due"]) == (SendState.PENDING, SendState.HELD)
    assert world.notification("snoozed").snoozed_until is None
    [line] = [vars(record) for record in caplog.records if record.message == "notifications released"]
    assert (line["woken"], line["sent"], line["failed"]) == (1, 1, 0)
