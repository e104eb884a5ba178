"""The function that follows the bucket: what it makes of the messages of its queue."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

import pytest

from knowledge_base.documents import wiring
from knowledge_base.documents.domain.syncing import Outcome
from knowledge_base.documents.handlers.kb_sync import handler
from local.workspace import ROOT
from shared.errors import Unavailable
from tests.knowledge_base.documents.world import World
from tests.shared.lambda_context import CONTEXT

SAMPLE: dict[str, Any] = json.loads((ROOT / "events" / "knowledge_base" / "kb_sync.json").read_text())


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    world = World()
    world.now = datetime.now(UTC)
    monkeypatch.setattr(wiring, "syncing", lambda: world.syncing)
    return world


def message(sync_id: str) -> dict[str, Any]:
    sent = {"SentTimestamp": str(int(datetime.now(UTC).timestamp() * 1000))}
    return {"body": json.dumps({"syncId": sync_id}), "attributes": sent}


def test_event_of_the_bucket_starts_a_sync(world: World) -> None:
    world.files.put("refunds.md", "text")
    world.messages.queue.clear()

    handler(SAMPLE, CONTEXT)

    running = world.syncs.present.running
    assert running
    assert world.states() == {"refunds.md": "ingesting"}
    assert [each.sync_id for each in world.messages.queue] == [running.sync_id]


def test_sync_is_looked_after_until_it_has_ended(world: World) -> None:
    handler(SAMPLE, CONTEXT)
    assert world.syncs.present.running is None, "nothing has changed"
    sync_id = world.requesting.request("s1", world.now)
    handler({"Records": [message(sync_id)]}, CONTEXT)
    world.messages.queue.clear()

    handler({"Records": [message(sync_id), message(sync_id)]}, CONTEXT)

    assert [each.sync_id for each in world.messages.queue] == [sync_id]
    world.messages.queue.clear()
    world.base.jobs[0].ends_at = world.now
    handler({"Records": [message(sync_id)]}, CONTEXT)
    assert [sync.sync_id for sync in world.syncs.past] == [sync_id]


@pytest.mark.parametrize("outcome", Outcome)
def test_failed_and_stuck_syncs_are_counted(
    world: World, outcome: Outcome, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(world.syncing, "advance", lambda _: outcome)
    with caplog.at_level(logging.INFO):
        handler(SAMPLE, CONTEXT)
    [line] = [vars(record) for record in caplog.records if record.message == "synced"]
    assert line["outcome"] == outcome
    assert line["failedSyncs"] == int(outcome is Outcome.FAILED)
    assert line["stuckSyncs"] == int(outcome is Outcome.STUCK)


def test_messages_come_again_where_something_is_out_of_reach(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise Unavailable("DynamoDB is out of reach.")

    monkeypatch.setattr(world.documents, "all", broken)
    with pytest.raises(Exception, match="says where"):
        handler(SAMPLE, CONTEXT)
