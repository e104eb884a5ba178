"""Calls of the handlers, with events as queues bring them."""

import json
from typing import Any

from communications.sending.domain.outbox import OutboxRow
from communications.sending.domain.sending import Sender
from local.workspace import ROOT
from shared.errors import Unavailable
from tests.communications.sending.examples import NOW, a_row
from tests.communications.sending.fakes import FakeDestinations, FakeOutbox, FakeProvider, FakeSuppressions
from tests.communications.sending.post import DESTINATIONS


class BusyOutbox(FakeOutbox):
    """Rows of the event `busy` cannot be read."""

    def find(self, outbox_id: str) -> OutboxRow | None:
        if outbox_id.startswith("busy#"):
            raise Unavailable("Busy.")
        return super().find(outbox_id)


def a_sender(*rows: OutboxRow) -> tuple[Sender, FakeProvider]:
    provider = FakeProvider()
    sender = Sender(
        channel=rows[0].channel,
        outbox=BusyOutbox(*rows),
        destinations=FakeDestinations(ada=DESTINATIONS[rows[0].channel]),
        suppressions=FakeSuppressions(),
        provider=provider,
        clock=lambda: NOW,
    )
    return sender, provider


def queued(function: str, *bodies: object) -> dict[str, Any]:
    """The function's sample event, with a record for each body."""
    [sample] = json.loads((ROOT / f"events/communications/{function}.json").read_text())["Records"]
    return {
        "Records": [
            sample | {"messageId": f"m{number}", "body": json.dumps(body)} for number, body in enumerate(bodies)
        ]
    }


def for_rows(function: str, *rows: OutboxRow) -> dict[str, Any]:
    return queued(function, *({"outboxId": row.outbox_id} for row in rows))


BUSY = a_row(event_id="busy")
