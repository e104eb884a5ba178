"""What whoever records imports must do, in memory and in DynamoDB."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from commerce.imports.adapters.imports import DynamoImports
from commerce.imports.domain.background import KEPT, Counts, Import, Imports, Problem, State, StoredFile
from local.workspace import ROOT
from shared.errors import FieldError
from tests.commerce.examples import NOW
from tests.commerce.imports.background import FakeImports
from tests.shared.dynamodb.dynamodb_tables import tables_like

WAITING = Import(
    import_id="i1", created_by="tom", created_at=NOW, is_trial=False, content_type="text/csv", state=State.WAITING
)
QUEUED = replace(WAITING, state=State.QUEUED, file=StoredFile("uploads/i1", "v1"))
RUNNING = replace(QUEUED, state=State.RUNNING, lines=1_200, part_count=3, began_at=NOW + timedelta(seconds=1))
TURNED = replace(RUNNING, parts=(Counts(490, 2, 3, 5),), began_at=NOW + timedelta(seconds=2))
FAILED = replace(
    QUEUED, state=State.FAILED, problem=Problem("It cannot be read.", (FieldError("price", "is"),)), ended_at=NOW
)


class ImportsContract:
    @pytest.mark.parametrize("kept", [WAITING, QUEUED, RUNNING, TURNED, FAILED, replace(TURNED, is_trial=True)])
    def test_import_is_kept_as_it_is(self, imports: Imports, kept: Import) -> None:
        imports.add(kept)
        assert imports.find("i1", NOW) == kept
        assert imports.find("i2", NOW) is None
        assert imports.find("i1", NOW + KEPT) is None

    def test_each_step_is_made_once(self, imports: Imports) -> None:
        imports.add(WAITING)
        for seen, after in ((WAITING, QUEUED), (QUEUED, RUNNING), (RUNNING, TURNED)):
            assert imports.advance(seen, after)
            assert not imports.advance(seen, after)
        assert not imports.advance(QUEUED, FAILED)
        assert imports.find("i1", NOW) == TURNED
        assert not imports.advance(replace(WAITING, import_id="i2"), replace(QUEUED, import_id="i2"))


class TestInMemory(ImportsContract):
    @pytest.fixture
    def imports(self) -> FakeImports:
        return FakeImports()


@pytest.mark.emulator
@pytest.mark.usefixtures("local_aws")
class TestInDynamoDB(ImportsContract):
    @pytest.fixture
    def imports(self, local_aws: str) -> Iterator[DynamoImports]:
        with tables_like(local_aws, ROOT / "commerce", ["ImportsTable"]) as names:
            yield DynamoImports(names["ImportsTable"])
