import json
from copy import deepcopy
from typing import Any

import pytest

from knowledge_base.tickets import wiring
from knowledge_base.tickets.handlers.publish_ticket_events import handler
from local.workspace import ROOT
from shared.events.event_bridge import EventBus
from tests.shared.lambda_context import CONTEXT

ADA = "9c7d5e2a-4f1b-4c8e-9a3d-2b6f8e1c0d47"
TICKET, REPLY = "0197a1b2-0000-7000-8000-000000000001", "0197a1b2-0000-7000-8000-000000000002"
SAMPLE = json.loads((ROOT / "events/knowledge_base/publish_ticket_events.json").read_text())


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = []

    class Client:
        def put_events(self, **request: Any) -> dict[str, Any]:
            entries.extend(request["Entries"])
            return {"Entries": [{} for _ in request["Entries"]]}

    bus = EventBus(Client(), "bus", "almoner.knowledge_base")
    monkeypatch.setattr(wiring, "event_bus", lambda: bus)
    return entries


def change(number: int, **changes: Any) -> dict[str, Any]:
    """A record of the sample whose row was changed."""
    record = deepcopy(SAMPLE["Records"][number])
    images = record["dynamodb"]
    images["OldImage"] = deepcopy(images["NewImage"])
    images["NewImage"] |= changes
    record["eventName"] = "MODIFY"
    return {"Records": [record]}


def test_new_tickets_and_answers_are_published_without_their_words(published: list[dict[str, Any]]) -> None:
    assert handler(SAMPLE, CONTEXT) == {"batchItemFailures": []}

    assert {entry["Source"] for entry in published} == {"almoner.knowledge_base"}
    created, answered = (json.loads(entry["Detail"]) for entry in published)
    assert [entry["DetailType"] for entry in published] == ["TicketCreated", "TicketAnswered"]
    assert (created["id"], created["userId"], created["data"]["channel"]) == (f"TicketCreated-{TICKET}", ADA, "web")
    assert (answered["id"], answered["userId"]) == (f"TicketAnswered-{REPLY}", ADA)
    of_all = {"ticketId": TICKET, "number": 1001, "hasAccount": True}
    assert answered["data"] == {**of_all, "entryId": REPLY, "channel": "email"}
    assert "receipt" not in str(published)
    assert "Here it is" not in str(published)


@pytest.mark.parametrize("kind", ["opening", "supporter", "note"])
def test_only_staffs_replies_are_answers(published: list[dict[str, Any]], kind: str) -> None:
    event = {"Records": [deepcopy(SAMPLE["Records"][1])]}
    event["Records"][0]["dynamodb"]["NewImage"]["kind"] = {"S": kind}
    assert handler(event, CONTEXT) == {"batchItemFailures": []}
    assert published == []


def test_changed_status_is_published_each_time(published: list[dict[str, Any]]) -> None:
    for version, status in (("2", "solved"), ("3", "solved"), ("4", "open")):
        assert handler(change(0, status={"S": status}, version={"N": version}), CONTEXT) == {"batchItemFailures": []}

    details = [json.loads(entry["Detail"]) for entry in published]
    assert [each["id"] for each in details] == [f"TicketStatusChanged-{TICKET}-{version}" for version in (2, 3)]
    assert details[0]["data"] == {
        "ticketId": TICKET,
        "number": 1001,
        "status": "solved",
        "previousStatus": "open",
        "merged": False,
        "hasAccount": True,
    }


def test_answers_say_how_they_go_out_and_whether_somebody_can_sign_in(published: list[dict[str, Any]]) -> None:
    event = {"Records": [deepcopy(SAMPLE["Records"][1])]}
    image = event["Records"][0]["dynamodb"]["NewImage"]
    del image["channel"]
    image["hasAccount"] = {"BOOL": False}

    assert handler(event, CONTEXT) == {"batchItemFailures": []}
    [answered] = (json.loads(entry["Detail"])["data"] for entry in published)
    assert (answered["channel"], answered["hasAccount"]) == ("web", False)


def test_other_changes_and_removals_are_no_news(published: list[dict[str, Any]]) -> None:
    removed = change(0)
    del removed["Records"][0]["dynamodb"]["NewImage"]
    for event in (change(0, priority={"S": "high"}), change(1, text={"S": "x"}), removed):
        assert handler(event, CONTEXT) == {"batchItemFailures": []}
    assert published == []


def test_row_that_cannot_be_read_fails_alone(published: list[dict[str, Any]]) -> None:
    event = deepcopy(SAMPLE)
    del event["Records"][0]["dynamodb"]["NewImage"]["status"]
    assert handler(event, CONTEXT) == {"batchItemFailures": [{"itemIdentifier": "100000000000000000001"}]}
    assert [entry["DetailType"] for entry in published] == ["TicketAnswered"]
