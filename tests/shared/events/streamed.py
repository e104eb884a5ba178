"""A table's stream and the bus, as functions that publish see them."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from shared.dynamodb.records import Image


class Bridge:
    """EventBridge, refusing events of which a detail is true."""

    def __init__(self) -> None:
        self.refuses: Callable[[dict[str, Any]], bool] = lambda _: False
        self.calls: list[int] = []
        self.entries: list[dict[str, Any]] = []

    def put_events(self, **request: Any) -> dict[str, Any]:
        entries = request["Entries"]
        self.calls.append(len(entries))
        refused = [self.refuses(json.loads(entry["Detail"])) for entry in entries]
        self.entries += [entry for entry, no in zip(entries, refused, strict=True) if not no]
        answers = [{"ErrorCode": "ThrottlingException"} if no else {"EventId": "1"} for no in refused]
        return {"FailedEntryCount": sum(refused), "Entries": answers}


def stream(images: Iterable[Image], name: str = "INSERT") -> dict[str, Any]:
    """The event of these new items; the sequence numbers are s0, s1 and so on."""
    records = [
        {"eventName": name, "dynamodb": {"SequenceNumber": f"s{number}", "NewImage": image}}
        for number, image in enumerate(images)
    ]
    return {"Records": records}


def stream_of_changes(changes: Iterable[tuple[Image | None, Image | None]]) -> dict[str, Any]:
    """The event of rows before and after; the sequence numbers are s0, s1 and so on."""
    records = []
    for number, (old, new) in enumerate(changes):
        images = {"OldImage": old, "NewImage": new}
        present = {name: image for name, image in images.items() if image is not None}
        name = "INSERT" if old is None else "REMOVE" if new is None else "MODIFY"
        records.append({"eventName": name, "dynamodb": {"SequenceNumber": f"s{number}", **present}})
    return {"Records": records}


def failures(*positions: str) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": position} for position in positions]}
