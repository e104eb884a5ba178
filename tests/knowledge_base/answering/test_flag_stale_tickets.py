import pytest

from knowledge_base.answering.handlers.flag_stale_tickets import handler
from tests.knowledge_base.answering.fakes import Stage
from tests.knowledge_base.suggestions.fakes import NOW
from tests.shared.lambda_context import CONTEXT


@pytest.mark.parametrize("name", ["DocumentChanged", "DocumentDeleted"])
def test_tickets_that_were_answered_from_a_document_are_flagged_once_it_changes(stage: Stage, name: str) -> None:
    stage.shelf.uses.add(["d1"], "t1", cited=True, now=NOW)
    stage.shelf.uses.add(["d2"], "t2", cited=True, now=NOW)
    data = {"documentId": "d1", "documentVersion": 2}
    detail = {"id": "e1", "version": 1, "occurredAt": "2026-03-02T12:00:00Z", "userId": "", "data": data}
    for _ in range(2):
        handler({"id": "e1", "detail-type": name, "source": "almoner.knowledge_base", "detail": detail}, CONTEXT)
    assert stage.conversations.stale == {"t1"}
