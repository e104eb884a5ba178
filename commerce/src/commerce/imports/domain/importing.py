"""Brings a file's lines into the catalogue, each for itself, and tells what became of each."""

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Executor, Future, wait
from dataclasses import replace
from datetime import datetime
from itertools import batched
from typing import Protocol

from commerce.catalogue.domain.catalogue import StaleProductError
from commerce.catalogue.domain.products import Product
from commerce.imports.domain.lines import WHOLE_LINE, ColumnError, Judge, ProductLine, Record, Unsound
from commerce.imports.domain.planning import planned
from commerce.imports.domain.reporting import LineReport, Outcome, Report, report_of
from shared.errors import Unavailable
from shared.resilience.deadline import Deadline

_READ_AT_ONCE = 100
_ATTEMPTS = 2  # a change that comes between is met once more

_OUTPACED = ColumnError(WHOLE_LINE, "somebody else was changing this product at the same time: import the line again")
_NOT_HEARD = ColumnError(
    WHOLE_LINE, "the data store was busy, and whether it has this line is not known: import it again"
)


type _Told = tuple[Outcome, tuple[ColumnError, ...]]


class KeptProducts(Protocol):
    """The catalogue's store, as far as an import needs it. Every method raises Unavailable."""

    def find(self, product_id: str) -> Product | None: ...

    def find_many(self, product_ids: list[str]) -> dict[str, Product]: ...

    def add(self, product: Product) -> None:
        """Raises StaleProductError where the id is taken."""
        ...

    def replace(self, product: Product) -> None:
        """Write a version over the one before it. Raises StaleProductError where that is not the stored one."""
        ...


class Importer:
    """`threads` run what waits for the store; products are read a hundred at once and written one by one.

    Writes that have begun by the deadline are waited for `last_writes_seconds` longer: no store holds up the report.
    """

    def __init__(
        self,
        products: KeptProducts,
        threads: Executor,
        clock: Callable[[], datetime],
        last_writes_seconds: float = 5.0,
    ) -> None:
        self._products, self._threads, self._clock = products, threads, clock
        self._last_writes_seconds = last_writes_seconds

    def run(self, records: Sequence[Record], judge: Judge, deadline: Deadline) -> Report:
        """Import what can be imported until the deadline. Raises Unavailable where nothing could be read till then."""
        judged = [(record, judge(record)) for record in records]
        firsts: dict[str, tuple[Record, ProductLine]] = {}
        for record, line in judged:
            if isinstance(line, ProductLine):
                firsts.setdefault(line.product_id, (record, line))
        there = self._read({product_id for _, line in judged if (product_id := line.product_id)}, deadline)
        brought = self._bring_in([line for _, line in firsts.values()], there, deadline)

        def told(record: Record, line: ProductLine | Unsound) -> LineReport:
            if isinstance(line, Unsound):
                errors = line.errors + self._objections(line, there)
                return LineReport(record.line, line.product_id, Outcome.FAILED, errors)
            first, said_first = firsts[line.product_id]
            outcome, errors = brought[line.product_id]
            if record is not first:
                outcome, errors = _repeated(outcome, errors) if line == said_first else _contradicted(record, first)
            return LineReport(record.line, line.product_id, outcome, errors)

        return report_of(_as_called(record, told(record, line)) for record, line in judged)

    def _read(self, product_ids: Collection[str], deadline: Deadline) -> Mapping[str, Product]:
        there: dict[str, Product] = {}
        batches = [list(batch) for batch in batched(product_ids, _READ_AT_ONCE, strict=False)]
        try:
            for found in self._threads.map(self._products.find_many, batches, timeout=deadline.remaining_seconds):
                there |= found
        except TimeoutError as error:
            raise Unavailable("The data store takes too long; nothing was imported, try again.", 2) from error
        return there

    def _bring_in(
        self, lines: Sequence[ProductLine], there: Mapping[str, Product], deadline: Deadline
    ) -> Mapping[str, _Told]:
        """What became of each product."""
        writes = {
            line.product_id: self._threads.submit(self._write, line, there.get(line.product_id), deadline)
            for line in lines
        }
        wait(writes.values(), deadline.remaining_seconds + self._last_writes_seconds)
        return {product_id: _became(write) for product_id, write in writes.items()}

    def _objections(self, line: Unsound, there: Mapping[str, Product]) -> tuple[ColumnError, ...]:
        """What the catalogue has against a line besides what is wrong with it in itself."""
        if line.otherwise is None:
            return ()
        product = planned(line.otherwise, there.get(line.product_id or ""), self._clock())
        wrong = {error.known_column for error in line.errors}
        errors = product.errors if isinstance(product, Unsound) else ()
        return tuple(error for error in errors if error.column not in wrong)

    def _write(self, line: ProductLine, there: Product | None, deadline: Deadline) -> _Told:
        try:
            for _ in range(_ATTEMPTS):
                if not deadline.remaining_seconds:
                    return Outcome.NOT_TRIED, ()
                try:
                    return self._write_once(line, there)
                except StaleProductError:
                    there = self._products.find(line.product_id)
        except Unavailable:
            return Outcome.FAILED, (_NOT_HEARD,)
        return Outcome.FAILED, (_OUTPACED,)

    def _write_once(self, line: ProductLine, there: Product | None) -> _Told:
        """Raises StaleProductError; Unavailable."""
        product = planned(line, there, self._clock())
        if isinstance(product, Unsound):
            return Outcome.FAILED, product.errors
        if product is there:
            return Outcome.UNCHANGED, ()
        if there is None:
            self._products.add(product)
            return Outcome.CREATED, ()
        self._products.replace(product)
        return Outcome.UPDATED, ()


def _became(write: Future[_Told]) -> _Told:
    """What a write came to, or what is known of one that is waited for no longer."""
    if write.cancel():  # none of the threads has taken it up
        return Outcome.NOT_TRIED, ()
    return write.result() if write.done() else (Outcome.FAILED, (_NOT_HEARD,))


def _repeated(outcome: Outcome, errors: tuple[ColumnError, ...]) -> _Told:
    """A line that says what an earlier one said adds nothing to it, and shares its fate."""
    return (outcome, errors) if outcome in {Outcome.FAILED, Outcome.NOT_TRIED} else (Outcome.UNCHANGED, ())


def _contradicted(record: Record, first: Record) -> _Told:
    column = "productId" if "productId" in record.cells else "name"
    return Outcome.FAILED, (ColumnError(column, f"says another thing of the same product as line {first.line}"),)


def _as_called(record: Record, report: LineReport) -> LineReport:
    """The columns as the file calls them: `sku`, where that is its name for productId."""
    called = ((error, record.called.get(error.known_column)) for error in report.errors)
    errors = (error.called(name) if name else error for error, name in called)
    return replace(report, errors=tuple(errors))
