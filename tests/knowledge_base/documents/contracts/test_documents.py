"""What whoever keeps the records of documents must do, in memory and in DynamoDB."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from knowledge_base.documents.adapters.documents import DynamoDocuments
from knowledge_base.documents.domain.documents import (
    Document,
    DocumentPage,
    Documents,
    DocumentState,
    RecordChanged,
)
from local.workspace import ROOT
from shared.errors import Unavailable
from tests.knowledge_base.documents.examples import NOW, a_document
from tests.knowledge_base.documents.fakes import FakeDocuments
from tests.shared.dynamodb.dynamodb_tables import tables_like

REFUNDS = a_document("Rückgabe & refunds.md")
FAILED = replace(a_document("hats.pdf"), state=DocumentState.FAILED, reason="Unreadable.", sync_id="s1")


class DocumentsContract:
    def test_documents_come_back_as_they_were_written(self, documents: Documents) -> None:
        written = [documents.save(each) for each in (REFUNDS, FAILED)]

        assert written == [replace(REFUNDS, revision=1), replace(FAILED, revision=1)]
        assert documents.find(REFUNDS.document_id) == written[0]
        assert documents.find("other") is None
        assert set(documents.all()) == set(written)

    def test_several_are_found_at_once(self, documents: Documents) -> None:
        written = documents.save(REFUNDS)

        assert documents.find_many([]) == {}
        assert documents.find_many([REFUNDS.document_id, "other", REFUNDS.document_id]) == {
            REFUNDS.document_id: written
        }

    def test_only_who_has_seen_the_record_changes_it(self, documents: Documents) -> None:
        first = documents.save(REFUNDS)
        second = documents.save(first.moved(DocumentState.SEARCHABLE, NOW))

        for stale in (REFUNDS, first, replace(second, revision=7)):
            with pytest.raises(RecordChanged):
                documents.save(stale)
        assert documents.find(REFUNDS.document_id) == second
        with pytest.raises(RecordChanged):
            documents.save(replace(FAILED, revision=3))

    def test_record_without_reason_and_sync_is_written_in_the_place_of_one_with_them(
        self, documents: Documents
    ) -> None:
        failed = documents.save(FAILED)
        documents.save(replace(failed.moved(DocumentState.UPLOADED, NOW), sync_id=None))

        found = documents.find(FAILED.document_id)
        assert found
        assert (found.state, found.reason, found.sync_id) == (DocumentState.UPLOADED, None, None)

    def test_lists_are_of_states_and_by_name(self, documents: Documents) -> None:
        for name in ("c.md", "a.md", "B.md"):
            documents.save(a_document(name))
        documents.save(FAILED)
        documents.save(a_document("gone.md", DocumentState.DELETED))
        every = [DocumentState.FAILED, DocumentState.UPLOADED, DocumentState.SEARCHABLE]
        seen, after = list[str](), None
        for expected in (2, 2):
            page = documents.listed(every, after, 2)
            assert len(page.items) == expected
            seen += [each.name for each in page.items]
            after = page.after
        assert (seen, after) == (["B.md", "a.md", "c.md", "hats.pdf"], None)
        page = documents.listed([DocumentState.FAILED], None, 1)
        assert page == DocumentPage([replace(FAILED, revision=1)], None)
        assert documents.listed([DocumentState.SEARCHABLE], None, 9).items == []
        moved = documents.save(page.items[0].moved(DocumentState.UPLOADED, NOW))
        assert documents.listed(every, "c.md", 9) == DocumentPage([moved], None)


class TestFakeDocuments(DocumentsContract):
    @pytest.fixture
    def documents(self) -> Documents:
        return FakeDocuments()


@pytest.mark.emulator
class TestDynamoDocuments(DocumentsContract):
    @pytest.fixture
    def documents(self, local_aws: str) -> Iterator[Documents]:
        with tables_like(local_aws, ROOT / "knowledge_base/documents.yaml", ["DocumentsTable"]) as tables:
            self.now = NOW
            yield DynamoDocuments(tables["DocumentsTable"], lambda: self.now)

    def test_records_of_deleted_documents_are_gone_after_a_month(self, documents: Documents) -> None:
        deleted = documents.save(a_document("gone.md", DocumentState.DELETED))
        kept = documents.save(REFUNDS)
        self.now = NOW + timedelta(days=30, seconds=-1)
        assert documents.find(deleted.document_id) == deleted
        with pytest.raises(RecordChanged):
            documents.save(a_document("gone.md"))

        self.now = NOW + timedelta(days=30, seconds=1)
        assert documents.find(deleted.document_id) is None
        assert documents.all() == (kept,)
        assert documents.find_many([deleted.document_id, kept.document_id]) == {kept.document_id: kept}
        again = documents.save(a_document("gone.md"))
        assert documents.find(again.document_id) == again, "also before DynamoDB has deleted the old one"


@pytest.mark.usefixtures("out_of_reach")
def test_table_out_of_reach_is_unavailable() -> None:
    documents = DynamoDocuments("documents")
    with pytest.raises(Unavailable):
        documents.all()
    with pytest.raises(Unavailable):
        documents.find("x")
    with pytest.raises(Unavailable):
        documents.find_many(["x"])
    with pytest.raises(Unavailable):
        documents.save(REFUNDS)


def test_document_is_current_while_it_is_searchable() -> None:
    current: list[Document] = [replace(REFUNDS, state=state) for state in DocumentState]
    assert [each.state for each in current if each.is_current] == [DocumentState.SEARCHABLE]
