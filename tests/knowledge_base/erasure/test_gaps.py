"""What the list of gaps has of somebody's questions goes."""

from collections.abc import Iterator

import pytest

from knowledge_base.answering.adapters.erasing import GapErasing
from knowledge_base.answering.adapters.gaps import GapRecord
from local.workspace import ROOT
from tests.shared.dynamodb.dynamodb_tables import tables_like
from tests.shared.erasing import LARGE, NOW, ErasingContract, Owned, rows


class OwnedGaps:
    def __init__(self, gaps: str) -> None:
        self.part, self._gaps = GapErasing(gaps, self._tickets_of), GapRecord.at(gaps)

    def give(self, user_id: str, *, many: bool = False) -> None:
        for number in range(40 if many else 2):
            gap = self._gaps(f"ticket-{number}-of-{user_id}", user_id=user_id, question=LARGE if many else "Why?")
            gap.state, gap.requested_at, gap.expires_at = "open", NOW, NOW
            gap.put()

    def _tickets_of(self, user_id: str) -> list[str]:
        return [f"ticket-{number}-of-{user_id}" for number in range(40)]

    def kept(self) -> list[str]:
        return rows(self._gaps)


@pytest.mark.emulator
class TestGaps(ErasingContract):
    @pytest.fixture
    def owned(self, local_aws: str) -> Iterator[Owned]:
        with tables_like(local_aws, ROOT / "knowledge_base" / "answering_tables.yaml", ["GapsTable"]) as tables:
            yield OwnedGaps(tables["GapsTable"])
