"""Calls of the handlers, with the event as the bus, a topic and a queue bring it."""

import json
from typing import Any

from local.workspace import ROOT
from shared.errors import Unavailable


class Sender:
    """Notes for which orders it was called; one called "busy" fails."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    def mail(self, order_id: str, mailer: object, now: object) -> str:  # noqa: ARG002
        return self._send("mail", order_id)

    def text(self, order_id: str, texter: object, now: object) -> str:  # noqa: ARG002
        return self._send("sms", order_id)

    def _send(self, way: str, order_id: str) -> str:
        if order_id == "busy":
            raise Unavailable("Busy.")
        self.sent.append((way, order_id))
        return "sent"


def queued(way: str, *order_ids: str) -> dict[str, Any]:
    """The sample event, with a record for each order."""
    sample = json.loads((ROOT / f"events/commerce/send_receipt_{way}.json").read_text())["Records"][0]
    records = []
    for number, order_id in enumerate(order_ids):
        body = json.loads(sample["body"])
        body["detail"]["data"]["orderId"] = order_id
        records.append(sample | {"messageId": f"m{number}", "body": json.dumps(body)})
    return {"Records": records}
