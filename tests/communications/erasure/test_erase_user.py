"""UserDeleted: inbox and notifications go, with what was decided on them."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from communications.erasure import wiring
from communications.erasure.handlers.erase_user import handler
from communications.inbox.adapters.erasing import InboxErasing
from communications.inbox.adapters.records import EntryRecord, HeadRecord
from communications.notifications.adapters.erasing import NotificationErasing
from communications.notifications.adapters.records import CapRecord, DecisionRecord, NotificationRecord
from local.workspace import ROOT
from shared.dynamodb.scans import scan
from shared.events.event_bridge import EventBus
from tests.communications.examples import NOW
from tests.identity.registration.test_post_confirmation import Bridge
from tests.shared.dynamodb.dynamodb_tables import tables_like
from tests.shared.lambda_context import CONTEXT

SAMPLE: dict[str, Any] = json.loads((ROOT / "events" / "communications" / "erase_user.json").read_text())
TABLES = ["InboxHeadsTable", "InboxEntriesTable", "NotificationsTable", "DecisionsTable", "WeeklyCapsTable"]


@pytest.mark.emulator
@pytest.mark.usefixtures("local_aws")
class TestInDynamoDB:
    @pytest.fixture
    def names(self, local_aws: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
        with tables_like(local_aws, ROOT / "communications", TABLES) as tables:
            names = [tables[each] for each in TABLES]
            parts = InboxErasing(*names[:2]), NotificationErasing(*names[2:])
            monkeypatch.setattr(wiring, "parts", lambda: parts)
            yield names

    def test_everything_of_a_user_goes_and_nothing_of_others(
        self, names: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bridge = Bridge()
        monkeypatch.setattr(wiring, "event_bus", lambda: EventBus(bridge, "bus-1", "almoner.communications"))
        heads, entries = HeadRecord.at(names[0]), EntryRecord.at(names[1])
        notifications, decisions = NotificationRecord.at(names[2]), DecisionRecord.at(names[3])
        caps = CapRecord.at(names[4])
        for user_id in ("ada", "bob"):
            heads(user_id, last_seq=2, unread_messages=0, unread_notifications=1).put()
            for seq in (1, 2):
                counts: Any = {"unread_messages": 0, "unread_notifications": 1}
                entries(user_id, seq, kind="notification", data={}, expires_at=NOW, **counts).put()
            notice: Any = {"type": "order-paid", "title": "Paid", "content": "", "event": "OrderPaid", "event_id": "e1"}
            dates: Any = {"created_at": NOW, "read": False, "position": 1, "expires_at": NOW}
            notifications(f"n-{user_id}", user_id, **notice, **dates).put()
            decision: Any = {"outcome": "sent", "reason": "wanted", "decided_at": NOW, "expires_at": NOW}
            decisions(f"n-{user_id}", "email", **decision).put()
            caps(user_id, sent=(), expires_at=NOW).put()

        for _ in range(2):
            handler(SAMPLE | {"detail": SAMPLE["detail"] | {"userId": "ada"}}, CONTEXT)

        left = [image for model in (heads, entries, notifications, decisions, caps) for image in scan(model)]
        assert len(left) == 6
        assert "ada" not in json.dumps(left, default=str)
        assert [event.data for event in bridge.events] == [{"context": "communications"}] * 2
