import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest

from knowledge_base.answering.domain.staleness import StalenessService
from knowledge_base.answering.handlers import flag_stale_tickets
from knowledge_base.answering.handlers.flag_stale_tickets import handler
from local.workspace import ROOT
from shared.errors import Unavailable
from shared.json.encoding import moment
from shared.resilience.deadline import Deadline
from tests.knowledge_base.answering.fakes import FakeConversations, Stage
from tests.knowledge_base.suggestions.fakes import FakeOffers, FakeUses
from tests.shared.lambda_context import CONTEXT

SAMPLE: dict[str, Any] = json.loads((ROOT / "events/knowledge_base/flag_stale_tickets.json").read_text())
[MESSAGE] = SAMPLE["Records"]
EVENT = json.loads(MESSAGE["body"])
DOCUMENT, AT = EVENT["detail"]["data"]["documentId"], moment(EVENT["detail"]["occurredAt"])
MANY = 450


def used_by_many(uses: FakeUses) -> set[str]:
    for number in range(MANY):
        uses.add([DOCUMENT], f"t{number:03}", cited=True, now=AT)
    return {f"t{number:03}" for number in range(MANY)}


@pytest.mark.parametrize("name", ["DocumentChanged", "DocumentDeleted"])
def test_tickets_that_were_answered_from_a_document_are_flagged_once_it_changes(stage: Stage, name: str) -> None:
    stage.shelf.uses.add([DOCUMENT], "t1", cited=True, now=AT)
    stage.shelf.uses.add([DOCUMENT], "t2", cited=False, now=AT)
    stage.shelf.uses.add(["d2"], "t3", cited=True, now=AT)
    message = MESSAGE | {"body": json.dumps(EVENT | {"detail-type": name})}
    for _ in range(2):
        assert handler({"Records": [message]}, CONTEXT) == {"batchItemFailures": []}
    assert stage.conversations.stale == {"t1"}
    assert not stage.news.sent


def test_what_was_made_of_the_changed_document_is_left_alone_however_late_the_event_comes(stage: Stage) -> None:
    for ticket_id, minutes in (("before", 0), ("meanwhile", 1), ("after", 10)):
        stage.shelf.uses.add([DOCUMENT], ticket_id, cited=True, now=AT + timedelta(minutes=minutes))
    handler(SAMPLE, CONTEXT)
    assert stage.conversations.stale == {"before", "meanwhile"}
    assert [ticket_id for _, ticket_id in stage.shelf.uses.noted] == ["after"]


def test_a_document_that_many_have_used_takes_several_messages(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    tickets = used_by_many(stage.shelf.uses)
    monkeypatch.setattr(flag_stale_tickets, "Deadline", lambda _: _pages(2))
    messages, worked = [MESSAGE["body"]], 0
    while messages:
        assert handler({"Records": [MESSAGE | {"body": messages.pop()}]}, CONTEXT) == {"batchItemFailures": []}
        messages += stage.news.sent
        stage.news.sent.clear()
        worked += 1
    assert worked == 3
    assert stage.conversations.stale == tickets
    assert not stage.shelf.uses.noted


def test_what_fails_comes_again_and_is_carried_on(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    tickets = used_by_many(stage.shelf.uses)
    mark = stage.conversations.mark_stale

    def fail(ticket_id: str) -> None:
        if ticket_id == "t250":
            raise Unavailable("The tickets are out of reach.", 2)
        mark(ticket_id)

    with monkeypatch.context() as patched:
        patched.setattr(stage.conversations, "mark_stale", fail)
        failed = [{"itemIdentifier": MESSAGE["messageId"]}]
        assert handler(SAMPLE, CONTEXT) == {"batchItemFailures": failed}
    assert stage.conversations.stale < tickets
    handler(SAMPLE, CONTEXT)
    assert stage.conversations.stale == tickets


def test_tickets_are_seen_to_at_the_same_time_and_no_more_of_them_than_there_are_threads() -> None:
    met = Barrier(4)

    class Meeting(FakeConversations):
        def mark_stale(self, ticket_id: str) -> None:
            met.wait(10)
            super().mark_stale(ticket_id)

    uses, conversations = FakeUses(), Meeting()
    for number in range(8):
        uses.add(["d1"], f"t{number}", cited=True, now=AT)
    with ThreadPoolExecutor(4) as threads:
        service = StalenessService(uses=uses, offers=FakeOffers(), conversations=conversations, threads=threads)
        assert service.document_changed("d1", AT, Deadline(60))
    assert len(conversations.stale) == 8


def _pages(number: int) -> Deadline:
    """A deadline that passes once so many pages were begun."""
    ticks = iter([0.0, *(0.0 for _ in range(number))])
    return Deadline(1, lambda: next(ticks, 2.0))
