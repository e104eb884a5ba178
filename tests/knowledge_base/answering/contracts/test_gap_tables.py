"""What whoever keeps gaps must do, in memory and in DynamoDB."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from knowledge_base.answering.adapters.erasing import GapErasing
from knowledge_base.answering.adapters.gaps import DynamoGapList, DynamoGaps
from knowledge_base.answering.domain.gaps import GAP_LIFE, Gap, GapList, Gaps
from local.workspace import ROOT
from shared.dynamodb.transactions import Transaction
from shared.erasure.tombstones import ERASED, DynamoTombstones
from shared.persistence.unit_of_work import Write, WriteRefused
from tests.knowledge_base.answering.fakes import FakeGaps
from tests.knowledge_base.suggestions.fakes import NOW
from tests.shared.dynamodb.dynamodb_tables import tables_like


@dataclass
class Kept:
    """`ben` was erased."""

    gaps: Gaps
    listed: GapList


def written(write: Write) -> None:
    transaction = Transaction()
    write(transaction)
    if transaction._writes():
        transaction.commit()


def gap(number: int, *vector: float, user_id: str = "ada") -> Gap:
    return Gap(f"t{number}", user_id, f"Question {number}?", NOW + timedelta(minutes=number), vector)


class GapsContract:
    def test_gaps_are_read_the_newest_first(self, kept: Kept) -> None:
        gaps = [gap(1, 0.5, -0.25), gap(2), gap(3, 1.0, 0.0)]
        for each in gaps:
            written(kept.gaps.record(each))
        assert kept.listed.newest(10, NOW) == tuple(reversed(gaps))
        assert kept.listed.newest(2, NOW) == (gaps[2], gaps[1])
        assert kept.listed.newest(10, NOW + GAP_LIFE + timedelta(minutes=2)) == (gaps[2],)

    def test_a_ticket_has_one_until_it_is_answered(self, kept: Kept) -> None:
        written(kept.gaps.record(gap(1, 1.0)))
        again = Gap("t1", "ada", "Another question?", NOW + timedelta(hours=1), (1.0,))
        written(kept.gaps.record(again))
        assert kept.listed.newest(10, NOW) == (again,)
        for _ in range(2):
            written(kept.gaps.close("t1"))
            assert kept.listed.newest(10, NOW) == ()

    def test_of_whoever_was_erased_nothing_is_kept(self, kept: Kept) -> None:
        assert (kept.gaps.is_erased("ada"), kept.gaps.is_erased("ben")) == (False, True)
        with pytest.raises(WriteRefused) as refusal:
            written(kept.gaps.record(gap(1, user_id="ben")))
        assert refusal.value.refused == {ERASED}
        assert kept.listed.newest(10, NOW) == ()


class TestFakeGaps(GapsContract):
    @pytest.fixture
    def kept(self) -> Kept:
        gaps = FakeGaps()
        gaps.erased.add("ben")
        return Kept(gaps, gaps)


class TestDynamoGaps(GapsContract):
    @pytest.fixture
    def tables(self, local_aws: str) -> Iterator[dict[str, str]]:
        with tables_like(local_aws, ROOT / "knowledge_base", ["GapsTable", "TombstonesTable"]) as tables:
            yield tables

    @pytest.fixture
    def kept(self, tables: dict[str, str]) -> Kept:
        tombstones = DynamoTombstones(tables["TombstonesTable"])
        tombstones.erase("ben", NOW)
        return Kept(DynamoGaps(tables["GapsTable"], tombstones), DynamoGapList(tables["GapsTable"]))

    def test_gaps_of_somebody_are_erased_and_nobody_elses(self, kept: Kept, tables: dict[str, str]) -> None:
        eve = uuid.uuid4().hex
        for each in (gap(1), gap(2, user_id=eve), gap(3, user_id=eve)):
            written(kept.gaps.record(each))
        for _ in range(2):
            assert GapErasing(tables["GapsTable"], lambda _: ["t2", "t3", "t4"]).erase(eve, NOW)
        assert kept.listed.newest(10, NOW) == (gap(1),)
