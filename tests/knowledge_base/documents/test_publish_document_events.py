"""The Documents table's stream, published."""

import json
from typing import Any

import pytest

from knowledge_base.documents import wiring
from knowledge_base.documents.domain.documents import DocumentState, document_id_of
from knowledge_base.documents.handlers.publish_document_events import handler
from local.workspace import ROOT
from shared.events.event_bridge import EventBus
from tests.shared.lambda_context import CONTEXT

SAMPLE: dict[str, Any] = json.loads((ROOT / "events" / "knowledge_base" / "publish_document_events.json").read_text())
DOCUMENT = document_id_of("refunds.md")


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    entries: list[tuple[str, dict[str, Any]]] = []

    class Client:
        def put_events(self, **request: Any) -> dict[str, Any]:
            entries.extend((each["DetailType"], json.loads(each["Detail"])) for each in request["Entries"])
            return {"Entries": [{} for _ in request["Entries"]]}

    bus = EventBus(Client(), "bus", "almoner.knowledge_base")
    monkeypatch.setattr(wiring, "event_bus", lambda: bus)
    return entries


def changed(old: tuple[str, int] | None, new: tuple[str, int]) -> dict[str, Any]:
    event: dict[str, Any] = json.loads(json.dumps(SAMPLE))
    [record] = event["Records"]
    image = record["dynamodb"]["NewImage"]
    images = {}
    for name, made in (("OldImage", old), ("NewImage", new)):
        if made:
            images[name] = image | {"state": {"S": made[0]}, "version": {"N": str(made[1])}}
    record["dynamodb"] = {**record["dynamodb"], "OldImage": None, **images}
    record["eventName"] = "MODIFY" if old else "INSERT"
    return event


def test_new_version_is_published(published: list[tuple[str, dict[str, Any]]]) -> None:
    assert handler(SAMPLE, CONTEXT) == {"batchItemFailures": []}

    [(name, detail)] = published
    assert name == "DocumentChanged"
    assert (detail["id"], detail["userId"]) == (f"DocumentChanged-{DOCUMENT}-2", "")
    assert detail["data"] == {"documentId": DOCUMENT, "version": 2, "isNew": False}


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        (None, ("uploaded", 1), ["DocumentChanged"]),
        (("deleted", 1), ("uploaded", 2), ["DocumentChanged"]),
        (("deleting", 1), ("uploaded", 2), ["DocumentChanged"]),
        (("uploaded", 1), ("ingesting", 1), []),
        (("ingesting", 1), ("searchable", 1), []),
        (("searchable", 1), ("uploaded", 2), ["DocumentChanged"]),
        (("searchable", 1), ("deleting", 1), ["DocumentDeleted"]),
        (("deleting", 1), ("deleted", 1), []),
    ],
)
def test_what_others_have_to_hear(
    published: list[tuple[str, dict[str, Any]]], old: tuple[str, int] | None, new: tuple[str, int], names: list[str]
) -> None:
    handler(changed(old, new), CONTEXT)

    assert [name for name, _ in published] == names
    is_new = old is None or old[0] == DocumentState.DELETED
    assert [detail["data"].get("isNew", is_new) for _, detail in published] == [is_new] * len(names)


def test_unreadable_row_fails_alone(published: list[tuple[str, dict[str, Any]]]) -> None:
    broken = changed(("searchable", 1), ("uploaded", 2))
    del broken["Records"][0]["dynamodb"]["NewImage"]["name"]
    broken["Records"][0]["dynamodb"]["SequenceNumber"] = "2"

    answer = handler({"Records": [*SAMPLE["Records"], *broken["Records"]]}, CONTEXT)

    assert answer == {"batchItemFailures": [{"itemIdentifier": "2"}]}
    assert len(published) == 1
