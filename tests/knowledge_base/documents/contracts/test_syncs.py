"""What whoever keeps the syncs must do, in memory and in DynamoDB."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from knowledge_base.documents.adapters.syncs import DynamoSyncs
from knowledge_base.documents.domain.syncs import (
    Counts,
    Slots,
    SlotsChanged,
    Sync,
    SyncPage,
    Syncs,
    SyncState,
    sync_page,
)
from knowledge_base.tickets.domain.stores import Answers
from local.workspace import ROOT
from shared.errors import Unavailable
from shared.idempotency.claims import Claim, KeyInUse
from shared.idempotency.first_answers import DynamoFirstAnswers
from tests.knowledge_base.documents.examples import NOW
from tests.knowledge_base.documents.fakes import FakeSyncs
from tests.shared.dynamodb.dynamodb_tables import tables_like
from tests.shared.first_answers import RecordsInTransactions

WAITING = Sync("s2", SyncState.WAITING, NOW)
RUNNING = Sync("s1", SyncState.RUNNING, NOW, NOW, attempt=2, start_after=NOW + timedelta(minutes=2), reason="It broke.")
DONE = replace(RUNNING, state=SyncState.DONE, job_id="j1", counts=Counts(9, 1, 2, 3, 4), ended_at=NOW, start_after=None)


class SyncsContract:
    def test_slots_come_back_as_they_were_written(self, syncs: Syncs) -> None:
        assert syncs.slots() == Slots()
        for slots in (Slots(None, WAITING), Slots(RUNNING, WAITING), Slots(replace(RUNNING, job_id="j1")), Slots()):
            present = syncs.slots()
            written = syncs.save(replace(slots, revision=present.revision))
            assert written == replace(slots, revision=present.revision + 1) == syncs.slots()

    def test_times_are_kept_to_the_millisecond(self, syncs: Syncs) -> None:
        precise = NOW.replace(microsecond=123456)
        written = syncs.save(Slots(replace(RUNNING, started_at=precise)))

        assert written.running
        assert written.running.started_at == precise
        found = syncs.slots().running
        assert found
        assert found.started_at == NOW.replace(microsecond=123000)

    def test_only_who_has_seen_the_slots_changes_them(self, syncs: Syncs) -> None:
        syncs.save(Slots(None, WAITING))

        for revision in (0, 2):
            with pytest.raises(SlotsChanged):
                syncs.save(Slots(RUNNING, None, revision), DONE)
        assert syncs.slots() == Slots(None, WAITING, 1)
        assert syncs.ended(None, 20) == ()

    def test_ended_syncs_are_listed_the_newest_first(self, syncs: Syncs) -> None:
        for number in range(5):
            syncs.save(Slots(revision=number), replace(DONE, sync_id=f"s{number}"))
        failed = replace(DONE, sync_id="s5", state=SyncState.FAILED, counts=None)
        syncs.save(Slots(revision=5), failed)

        assert syncs.ended(None, 2) == (failed, replace(DONE, sync_id="s4"))
        assert [each.sync_id for each in syncs.ended("s4", 2)] == ["s3", "s2"]
        assert [each.sync_id for each in syncs.ended("s2", 9)] == ["s1", "s0"]
        assert syncs.ended("s0", 9) == ()

    def test_pages_have_those_that_wait_run_and_have_ended_once(self, syncs: Syncs) -> None:
        for number in range(3):
            syncs.save(Slots(revision=number), replace(DONE, sync_id=f"s{number}"))
        waiting, running = replace(WAITING, sync_id="s4"), replace(RUNNING, sync_id="s3")
        syncs.save(Slots(running, waiting, 3))
        seen, after = list[str](), None
        for expected in (2, 2, 1):
            page = sync_page(syncs, after, 2)
            seen += [each.sync_id for each in page.items]
            assert len(page.items) == expected
            after = page.after
        assert (seen, after) == (["s4", "s3", "s2", "s1", "s0"], None)

    def test_a_sync_that_ends_while_a_page_is_read_is_there_once(self, syncs: Syncs) -> None:
        ended = replace(DONE, sync_id=RUNNING.sync_id)
        syncs.save(Slots(RUNNING), ended)
        assert sync_page(syncs, None, 9) == SyncPage([ended], None)

    def test_slots_and_their_record_are_written_together(self, syncs: Syncs, records: Answers) -> None:
        record = partial(records.record, Claim("r1", "request").answered("s2", NOW))
        saved = syncs.save(Slots(None, WAITING), record=record)
        with pytest.raises(KeyInUse):
            syncs.save(replace(saved, running=RUNNING), record=record)
        assert syncs.slots() == saved
        other = partial(records.record, Claim("r2", "request").answered("s2", NOW))
        with pytest.raises(SlotsChanged):
            syncs.save(Slots(), record=other)
        assert records.find("r2", NOW) is None


class TestFakeSyncs(SyncsContract):
    @pytest.fixture
    def syncs(self) -> Syncs:
        return FakeSyncs()

    @pytest.fixture
    def records(self) -> Answers:
        return RecordsInTransactions()


@pytest.mark.emulator
class TestDynamoSyncs(SyncsContract):
    @pytest.fixture
    def syncs(self, local_aws: str) -> Iterator[Syncs]:
        with tables_like(local_aws, ROOT / "knowledge_base/documents.yaml", ["SyncsTable"]) as tables:
            yield DynamoSyncs(tables["SyncsTable"])

    @pytest.fixture
    def records(self, local_aws: str) -> Iterator[Answers]:
        with tables_like(local_aws, ROOT / "knowledge_base", ["IdempotencyTable"]) as tables:
            yield DynamoFirstAnswers(tables["IdempotencyTable"])


@pytest.mark.usefixtures("out_of_reach")
def test_table_out_of_reach_is_unavailable() -> None:
    syncs = DynamoSyncs("syncs")
    with pytest.raises(Unavailable):
        syncs.slots()
    with pytest.raises(Unavailable):
        syncs.save(Slots())
    with pytest.raises(Unavailable):
        syncs.ended(None, 1)
