"""What tickets have of somebody, and how it goes."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import boto3
import pytest
from pynamodb.indexes import GlobalSecondaryIndex

from knowledge_base.tickets.adapters.erasing import TicketErasing
from knowledge_base.tickets.adapters.records import (
    AttachmentRecord,
    EntryRecord,
    TicketRecord,
    ViewerRecord,
    WordRecord,
)
from knowledge_base.tickets.adapters.threads import DynamoThreads
from knowledge_base.tickets.adapters.tickets import DynamoTickets
from knowledge_base.tickets.adapters.viewers import DynamoViewers
from knowledge_base.tickets.domain.handling import Viewer
from knowledge_base.tickets.domain.threads import Kind
from local.workspace import ROOT
from shared.dynamodb.transactions import Transaction
from shared.erasure.tombstones import DynamoTombstones
from shared.persistence.unit_of_work import Write, WriteRefused
from tests.knowledge_base.tickets.examples import a_ticket, an_attachment, an_entry
from tests.shared.dynamodb.dynamodb_tables import tables_like
from tests.shared.erasing import LARGE, NOW, ErasingContract, Owned, rows

TABLES = ["SupportTickets", "TicketWords", "TicketEntries", "TicketViewers", "Attachments", "Tombstones"]
BUCKET = "erased-attachments"


def nothing(*_: object, **__: object) -> Iterator[Any]:  # noqa: ARG001
    """What an index says that is behind."""
    return iter(())


class OwnedTickets:
    """Each has two tickets, on which staff have written and attached something, and an upload that is on none."""

    def __init__(self, names: dict[str, str], s3: Any) -> None:
        self._names, self._s3 = names, s3
        tombstones = DynamoTombstones(names["TombstonesTable"])
        self._tickets = DynamoTickets(names["SupportTicketsTable"], names["TicketWordsTable"], tombstones)
        self._threads = DynamoThreads(names["TicketEntriesTable"])
        self._viewers = DynamoViewers(names["TicketViewersTable"])
        self.part = TicketErasing(
            tickets_table=names["SupportTicketsTable"],
            words_table=names["TicketWordsTable"],
            entries_table=names["TicketEntriesTable"],
            viewers_table=names["TicketViewersTable"],
            attachments_table=names["AttachmentsTable"],
            attachments_bucket=BUCKET,
        )

    def give(self, user_id: str, *, many: bool = False) -> None:
        for number in range(40 if many else 2):
            ticket_id = f"{user_id}-{number}"
            self._write(partial(self._tickets.add, a_ticket(ticket_id, user_id=user_id, subject="My receipt")))
            self._viewers.note(ticket_id, Viewer("priya", NOW))
            for each in range(20 if many and not number else 2):
                file_id = self._file(f"{ticket_id}-{each}", "priya", ticket_id) if each < 2 else ""
                entry = an_entry(
                    each,
                    ticket_id=ticket_id,
                    user_id=user_id,
                    author="priya",
                    kind=Kind.STAFF,
                    text=LARGE if many else "Words",
                    attachments=(file_id,) if file_id else (),
                )
                self._write(partial(self._threads.add, entry))
        self._file(f"{user_id}-alone", user_id)

    def kept(self) -> list[str]:
        models: Any = {
            "SupportTicketsTable": TicketRecord,
            "TicketWordsTable": WordRecord,
            "TicketEntriesTable": EntryRecord,
            "TicketViewersTable": ViewerRecord,
            "AttachmentsTable": AttachmentRecord,
        }
        found = rows(*(model.at(self._names[table]) for table, model in models.items()))
        versions = self._s3.list_object_versions(Bucket=BUCKET)
        keys = [each["Key"] for each in (*versions.get("Versions", ()), *versions.get("DeleteMarkers", ()))]
        return [*found, *sorted(set(keys))]

    def _file(self, file_id: str, user_id: str, ticket_id: str | None = None) -> str:
        attachment = an_attachment(file_id, user_id=user_id, ticket_id=ticket_id)
        AttachmentRecord.at(self._names["AttachmentsTable"]).of(attachment).put()
        self._s3.put_object(Bucket=BUCKET, Key=f"attachments/{file_id}", Body=b"%PDF-")
        return file_id

    def _write(self, write: Write) -> None:
        work = Transaction()
        write(work)
        try:
            work.commit()
        except WriteRefused:
            assert self._tickets  # it is there already


@pytest.mark.emulator
class TestErasingTickets(ErasingContract):
    @pytest.fixture
    def owned(self, local_aws: str) -> Iterator[Owned]:
        s3: Any = boto3.client("s3", endpoint_url=local_aws)
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
        s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        with tables_like(local_aws, ROOT / "knowledge_base", [f"{name}Table" for name in TABLES]) as names:
            yield OwnedTickets(names, s3)
        for version in s3.list_object_versions(Bucket=BUCKET).get("Versions", ()):
            s3.delete_object(Bucket=BUCKET, Key=version["Key"], VersionId=version["VersionId"])
        s3.delete_bucket(Bucket=BUCKET)

    def test_tickets_go_that_no_index_shows_yet(self, owned: Owned, monkeypatch: pytest.MonkeyPatch) -> None:
        owned.give("bob")
        others = owned.kept()
        owned.give("ada")
        monkeypatch.setattr(GlobalSecondaryIndex, "query", nothing)
        assert owned.part.erase("ada", NOW)
        alone = [each for each in owned.kept() if "ada-alone" in each]
        assert sorted(owned.kept()) == sorted([*others, *alone])

    def test_what_staff_attached_stays_on_the_tickets_of_others(self, owned: Owned) -> None:
        owned.give("ada")
        others = owned.kept()
        assert owned.part.erase("priya", NOW)
        assert owned.kept() == others
