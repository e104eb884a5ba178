"""Imports the lines of a file into the catalogue, independently of each other, and reports the result of each."""

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import Executor, Future, wait
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import batched
from typing import NamedTuple, Protocol

from commerce.catalogue.domain.products import Product
from commerce.imports.domain.lines import InvalidLine, LineValidator, ProductLine
from commerce.imports.domain.planning import Count, Plan, planned
from commerce.imports.domain.reporting import LineReport, Outcome, Report, report_of
from shared.errors import Unavailable, VersionConflict
from shared.resilience.deadline import Deadline
from shared.text.csv_file import WHOLE_LINE, ColumnError, Record
from shared.time.moments import in_milliseconds

_READ_BATCH = 100
_ATTEMPTS = 2

_CHANGED_MEANWHILE = ColumnError(
    WHOLE_LINE, "somebody else was changing this product at the same time: import the line again"
)
_UNKNOWN_RESULT = ColumnError(
    WHOLE_LINE, "the data store did not answer, so the line may or may not have been imported: import it again"
)


class OutOfTime(Unavailable):
    """There was not even the time to read the products; nothing was imported."""


class _Result(NamedTuple):
    """What a line's report says beside line and product."""

    outcome: Outcome
    errors: tuple[ColumnError, ...] = ()
    notes: tuple[ColumnError, ...] = ()


class ProductStore(Protocol):
    """What an import needs of the catalogue's repository. Every method raises Unavailable."""

    def find(self, product_id: str) -> Product | None: ...

    def find_many(self, product_ids: list[str]) -> dict[str, Product]: ...

    def add(self, product: Product) -> None:
        """Raises VersionConflict if the id is taken."""
        ...

    def edit(self, seen: Product, edited: Product) -> Product:
        """Write the next version. Raises VersionConflict if the product is not the one that was seen."""
        ...


class Recounts(Protocol):
    """What an import needs of the ledger of stock. Every method raises Unavailable."""

    def set_stock(self, seen: Product, stock: int, movement_id: str, by: str, at: datetime) -> None:
        """Raises VersionConflict if the stock has moved since the product was seen."""
        ...

    def is_made(self, movement_id: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Provenance:
    """Whose import it is, and when it began.

    One that `may_be_repeated` is the same each time: what was written at its time, it has written.
    """

    import_id: str
    by: str
    at: datetime
    may_be_repeated: bool = False

    def movement_of(self, product_id: str) -> str:
        return f"import:{self.import_id}:{product_id}"

    def has_written(self, product: Product) -> Outcome | None:
        if not self.may_be_repeated or in_milliseconds(product.updated_at) != in_milliseconds(self.at):
            return None
        is_new = product.version == 1 and product.created_at == product.updated_at
        return Outcome.CREATED if is_new else Outcome.UPDATED


class Importer:
    """`threads` run the calls of the store: products are read a hundred at a time and written one by one.

    After the deadline, writes that have started get `grace_seconds` more, so that the report is never late.
    """

    def __init__(
        self, products: ProductStore, recounts: Recounts, threads: Executor, grace_seconds: float = 5.0
    ) -> None:
        self._products, self._recounts, self._threads = products, recounts, threads
        self._grace_seconds = grace_seconds

    def run(
        self,
        records: Sequence[Record],
        validate: LineValidator,
        provenance: Provenance,
        deadline: Deadline,
        *,
        is_trial: bool = False,
    ) -> Report:
        """Import until the deadline; of a trial, the same report, and nothing is written.

        No two of the records contradict each other. Raises OutOfTime if the products could not be read by then;
        Unavailable.
        """
        lines = [(record, validate(record)) for record in records]
        firsts: dict[str, tuple[Record, ProductLine]] = {}
        for record, line in lines:
            if isinstance(line, ProductLine):
                firsts.setdefault(line.product_id, (record, line))
        existing = self._read({product_id for _, line in lines if (product_id := line.product_id)}, deadline)
        writer = _Writer(self._products, self._recounts, provenance, deadline, is_trial)
        results = self._import([line for _, line in firsts.values()], existing, writer)

        def report(record: Record, line: ProductLine | InvalidLine) -> LineReport:
            if isinstance(line, InvalidLine):
                errors = line.errors + _catalogue_errors(line, existing, provenance.at)
                return LineReport(record.line, line.product_id, Outcome.FAILED, errors)
            result = results[line.product_id]
            if record is not firsts[line.product_id][0]:
                result = _duplicate(result)
            return LineReport(record.line, line.product_id, *result)

        return report_of(_with_names_of_file(record, report(record, line)) for record, line in lines)

    def _read(self, product_ids: Collection[str], deadline: Deadline) -> Mapping[str, Product]:
        existing: dict[str, Product] = {}
        batches = [list(batch) for batch in batched(product_ids, _READ_BATCH, strict=False)]
        try:
            for found in self._threads.map(self._products.find_many, batches, timeout=deadline.remaining_seconds):
                existing |= found
        except TimeoutError as error:
            raise OutOfTime("The data store took too long, and nothing was imported: try again.", 2) from error
        return existing

    def _import(
        self, lines: Sequence[ProductLine], existing: Mapping[str, Product], writer: "_Writer"
    ) -> Mapping[str, _Result]:
        """The result for each product."""
        writes = {
            line.product_id: self._threads.submit(writer.write, line, existing.get(line.product_id)) for line in lines
        }
        wait(writes.values(), writer.deadline.remaining_seconds + self._grace_seconds)
        return {product_id: _result_of(write) for product_id, write in writes.items()}


@dataclass(frozen=True, slots=True)
class _Writer:
    products: ProductStore
    recounts: Recounts
    provenance: Provenance
    deadline: Deadline
    is_trial: bool

    def write(self, line: ProductLine, existing: Product | None) -> _Result:
        try:
            for _ in range(_ATTEMPTS):
                if not self.deadline.remaining_seconds:
                    return _Result(Outcome.NOT_TRIED)
                try:
                    return self._write_once(line, existing)
                except VersionConflict:
                    existing = self.products.find(line.product_id)
        except Unavailable:
            return _Result(Outcome.FAILED, (_UNKNOWN_RESULT,))
        return _Result(Outcome.FAILED, (_CHANGED_MEANWHILE,))

    def _write_once(self, line: ProductLine, existing: Product | None) -> _Result:
        """Raises VersionConflict; Unavailable."""
        plan = planned(line, existing, self.provenance.at)
        if isinstance(plan, InvalidLine):
            is_made = line.is_count and self.recounts.is_made(self.provenance.movement_of(line.product_id))
            return _Result(Outcome.UPDATED) if is_made else _Result(Outcome.FAILED, plan.errors)
        if plan.product is existing and not isinstance(plan, Count):
            return _Result(self.provenance.has_written(existing) or Outcome.UNCHANGED, notes=plan.notes)
        if not self.is_trial:
            self._carry_out(plan, existing)
        if existing is None:
            return _Result(Outcome.CREATED)
        return _Result(Outcome.UPDATED, notes=() if isinstance(plan, Count) else plan.notes)

    def _carry_out(self, plan: Plan | Count, existing: Product | None) -> None:
        by, at = self.provenance.by, self.provenance.at
        if isinstance(plan, Count):
            movement_id = self.provenance.movement_of(plan.product.product_id)
            self.recounts.set_stock(plan.product, plan.stock, movement_id, by, at)
        elif existing is None:
            self.products.add(plan.product)
        else:
            self.products.edit(existing, plan.product)


def _catalogue_errors(line: InvalidLine, existing: Mapping[str, Product], now: datetime) -> tuple[ColumnError, ...]:
    """Errors of its valid columns, as found by comparing them with the catalogue."""
    if line.valid_part is None:
        return ()
    plan = planned(line.valid_part, existing.get(line.product_id or ""), now)
    invalid_columns = {error.base_column for error in line.errors}
    if "kind" in invalid_columns:  # which has a stock or not
        invalid_columns.add("stock")
    errors = plan.errors if isinstance(plan, InvalidLine) else ()
    return tuple(error for error in errors if error.column not in invalid_columns)


def _result_of(write: Future[_Result]) -> _Result:
    if write.cancel():  # no thread has started it
        return _Result(Outcome.NOT_TRIED)
    return write.result() if write.done() else _Result(Outcome.FAILED, (_UNKNOWN_RESULT,))


def _duplicate(result: _Result) -> _Result:
    """A line equal to an earlier one fails with it, and else changes nothing."""
    unsaid = result.outcome in {Outcome.FAILED, Outcome.NOT_TRIED}
    return result if unsaid else result._replace(outcome=Outcome.UNCHANGED)


def _with_names_of_file(record: Record, report: LineReport) -> LineReport:
    """With the columns' names in the file: `sku`, say, in the place of productId."""

    def named(errors: tuple[ColumnError, ...]) -> tuple[ColumnError, ...]:
        names = ((error, record.names.get(error.base_column)) for error in errors)
        return tuple(error.renamed(name) if name else error for error, name in names)

    return replace(report, errors=named(report.errors), notes=named(report.notes))
