"""What whoever keeps runs must do, in memory and in DynamoDB."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from pynamodb.attributes import UnicodeAttribute

from shared.dynamodb.records import Record
from shared.dynamodb.transactions import Transaction
from shared.persistence.unit_of_work import UnitOfWork, WriteRefused
from shared.runs.dynamo_log import DynamoRunLog
from shared.runs.run import LEASE, LIFE, QUEUED, Ended, Ending, Frame, Run, RunLog
from tests.shared.runs.fake_runs import NOW, FakeLog, a_run


def nothing(_: UnitOfWork) -> None:
    """Add nothing to a transaction."""


def delta(run: Run, seq: int, text: str = "text") -> Frame:
    return Frame(run.run_id, seq, "delta", {"text": text})


class RunLogContract:
    @pytest.fixture
    def run(self, log: RunLog) -> Run:
        run = replace(a_run(str(uuid.uuid4())), followers={"c1=": 0}, request={"input": "Hello", "n": [1, {"x": None}]})
        log.create(run, nothing)
        return run

    def test_a_run_is_kept_as_it_is(self, log: RunLog, run: Run) -> None:
        assert log.find(run.run_id, NOW) == run
        assert log.frames(run.run_id, 0, NOW) == ()

    def test_what_is_not_there_or_has_expired_is_not_found(self, log: RunLog, run: Run) -> None:
        assert log.find("nothing", NOW) is None
        assert log.find(run.run_id, NOW + LIFE) is None

    def test_one_of_many_workers_takes_a_run(self, log: RunLog, run: Run) -> None:
        with ThreadPoolExecutor(8) as workers:
            taken = list(workers.map(lambda number: log.take(run.run_id, f"worker-{number}", NOW), range(8)))
        leased = [each for each in taken if each]
        assert len(leased) == 1
        assert leased[0].status == "running"
        assert leased[0].overdue_at == NOW + LEASE
        assert leased[0] == log.find(run.run_id, NOW)

    def test_a_run_that_has_ended_is_not_taken_again_by_its_owner(self, log: RunLog, run: Run) -> None:
        log.take(run.run_id, "me", NOW)
        log.end(run, Frame(run.run_id, 1, "stopped", {}), Ending({}, nothing))
        assert log.take(run.run_id, "me", NOW) is None
        assert not log.renew(run.run_id, "me", NOW)

    def test_a_lease_is_renewed_by_its_owner_only(self, log: RunLog, run: Run) -> None:
        log.take(run.run_id, "me", NOW)
        assert log.renew(run.run_id, "me", NOW + timedelta(seconds=10))
        assert not log.renew(run.run_id, "another", NOW + timedelta(seconds=20))
        found = log.find(run.run_id, NOW)
        assert found
        assert found.overdue_at == NOW + timedelta(seconds=10) + LEASE

    def test_one_frame_of_a_number_is_written(self, log: RunLog, run: Run) -> None:
        with ThreadPoolExecutor(8) as writers:
            frames = [delta(run, 1, str(number)) for number in range(8)]
            written = list(writers.map(lambda frame: log.append(frame, run.expires_at), frames))
        assert written.count(True) == 1
        assert log.frames(run.run_id, 0, NOW) == (frames[written.index(True)],)

    def test_frames_come_in_order_from_the_one_after(self, log: RunLog, run: Run) -> None:
        frames = [delta(run, seq, f"ü{seq}\n") for seq in range(1, 13)]
        for frame in frames:
            log.append(frame, run.expires_at)
        assert log.frames(run.run_id, 0, NOW) == tuple(frames)
        assert log.frames(run.run_id, 9, NOW) == tuple(frames[9:])
        assert log.frames(run.run_id, 12, NOW) == ()

    def test_an_end_is_written_whole(self, log: RunLog, run: Run) -> None:
        log.append(delta(run, 1), run.expires_at)
        end = Frame(run.run_id, 2, "done", {"usage": {"outputTokens": 3}})
        log.end(run, end, Ending({}, nothing))
        found = log.find(run.run_id, NOW)
        assert found
        assert (found.status, found.ended, found.is_open) == ("done", {"usage": {"outputTokens": 3}}, False)
        assert log.frames(run.run_id, 1, NOW) == (end,)

    def test_a_run_ends_once(self, log: RunLog, run: Run) -> None:
        ends = [Frame(run.run_id, 1, type_, {}) for type_ in ("done", "stopped", "error", "done")]

        def end(frame: Frame) -> bool:
            try:
                log.end(run, frame, Ending({}, nothing))
            except Ended:
                return False
            return True

        with ThreadPoolExecutor(4) as enders:
            assert sum(enders.map(end, ends)) == 1
        assert len(log.frames(run.run_id, 0, NOW)) == 1
        assert log.take(run.run_id, "late", NOW) is None
        assert not log.follow(run.run_id, "c2", 0)

    def test_an_end_that_was_overtaken_by_a_frame_is_refused(self, log: RunLog, run: Run) -> None:
        log.append(delta(run, 1), run.expires_at)
        with pytest.raises(Ended):
            log.end(run, Frame(run.run_id, 1, "stopped", {}), Ending({}, nothing))
        found = log.find(run.run_id, NOW)
        assert found
        assert found.is_open

    def test_a_lease_that_was_renewed_is_not_ended_as_overdue(self, log: RunLog, run: Run) -> None:
        log.take(run.run_id, "me", NOW)
        with pytest.raises(Ended):
            log.end(run, Frame(run.run_id, 1, "error", {}), Ending({}, nothing), only_overdue_at=NOW)
        log.end(run, Frame(run.run_id, 1, "error", {}), Ending({}, nothing), only_overdue_at=NOW + LEASE)

    def test_followers_are_entered_while_a_run_is_open(self, log: RunLog, run: Run) -> None:
        assert log.follow(run.run_id, "c2", 3)
        found = log.find(run.run_id, NOW)
        assert found
        assert found.followers == {"c1=": 0, "c2": 3}

    def test_a_run_is_forgotten_with_its_frames_and_no_worker_can_go_on(self, log: RunLog, run: Run) -> None:
        log.take(run.run_id, "w1", NOW)
        for seq in (1, 2):
            log.append(Frame(run.run_id, seq, "delta", {"text": "a"}), run.expires_at)
        for _ in range(2):
            log.forget(run.run_id)
            assert log.find(run.run_id, NOW) is None
            assert log.frames(run.run_id, 0, NOW) == ()
        assert log.take(run.run_id, "w2", NOW) is None
        assert not log.renew(run.run_id, "w1", NOW)
        assert not log.follow(run.run_id, "c1", 0)
        with pytest.raises(Ended):
            log.end(run, Frame(run.run_id, 3, "done", {}), Ending({}, lambda _: None))

    def test_overdue_are_queued_runs_and_lost_ones(self, log: RunLog, run: Run) -> None:
        def overdue(later: timedelta) -> bool:
            return run.run_id in {each.run_id for each in log.overdue(NOW + later, 1000)}

        assert not overdue(QUEUED - timedelta(seconds=1))
        assert overdue(QUEUED)
        assert log.requeue(run, NOW + QUEUED)
        assert not overdue(QUEUED)
        log.take(run.run_id, "me", NOW + QUEUED)
        assert not log.requeue(run, NOW + QUEUED)
        assert overdue(QUEUED + LEASE)
        log.end(run, Frame(run.run_id, 1, "error", {}), Ending({}, nothing))
        assert not overdue(QUEUED + LEASE)


class TestInMemory(RunLogContract):
    @pytest.fixture
    def log(self) -> RunLog:
        return FakeLog()


class NoteRecord(Record):
    """Something that a context keeps."""

    message = UnicodeAttribute(hash_key=True)


@pytest.mark.emulator
class TestInDynamo(RunLogContract):
    @pytest.fixture
    def log(self, tables: dict[str, str]) -> RunLog:
        return DynamoRunLog(tables["RunsTable"], tables["FramesTable"])

    def test_what_a_context_writes_is_part_of_the_end(self, log: RunLog, run: Run, tables: dict[str, str]) -> None:
        history = NoteRecord.at(tables["PartsTable"])(run.run_id)

        def write(unit_of_work: UnitOfWork) -> None:
            Transaction.of(unit_of_work).save("history", history, NoteRecord.message.does_not_exist())

        history.put()
        with pytest.raises(WriteRefused) as refused:
            log.end(run, Frame(run.run_id, 1, "done", {}), Ending({}, write))
        assert refused.value.refused == {"history"}
        assert log.frames(run.run_id, 0, NOW) == ()
        history.remove()
        log.end(run, Frame(run.run_id, 1, "done", {}), Ending({}, write))
        assert NoteRecord.at(tables["PartsTable"]).find(run.run_id)

    def test_a_run_is_created_with_what_joins_it_or_not_at_all(self, log: RunLog, tables: dict[str, str]) -> None:
        budget, run = NoteRecord.at(tables["PartsTable"])("no such"), a_run(str(uuid.uuid4()))

        def refuse(unit_of_work: UnitOfWork) -> None:
            Transaction.of(unit_of_work).require("budget", budget, NoteRecord.message.exists())

        with pytest.raises(WriteRefused):
            log.create(run, refuse)
        assert log.find(run.run_id, NOW) is None
