"""Lines of a file by their product: repetitions, and contradictions, of which the first line counts."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from itertools import chain

from commerce.imports.domain.lines import LineValidator, ProductLine
from shared.text.csv_file import ColumnError, Record

type Group = list[Record]


def grouped(records: Iterable[Record], validate: LineValidator) -> list[Group]:
    """The valid lines of each product, and each invalid line for itself, in the order of the file.

    It is an error of a line that the first one of its product says something else.
    """
    groups: list[Group] = []
    firsts: dict[str, tuple[Group, ProductLine]] = {}
    for record in records:
        line, alone = validate(record), [record]
        if isinstance(line, ProductLine):
            group, first = firsts.setdefault(line.product_id, (alone, line))
            if group is not alone:
                group.append(record if line == first else _contradicting(record, group[0]))
                continue
        groups.append(alone)
    return groups


def in_order(groups: Iterable[Group]) -> list[Record]:
    """All lines, in the order of the file."""
    return sorted(chain.from_iterable(groups), key=lambda record: record.line)


def only(groups: Iterable[Group], lines: Collection[int]) -> list[Group]:
    """Of the groups, these lines."""
    left = ([record for record in group if record.line in lines] for group in groups)
    return [group for group in left if group]


def in_parts(groups: Iterable[Group], size: int) -> Iterator[list[Record]]:
    """So many lines, or a few more: no group is divided."""
    part: list[Record] = []
    for group in groups:
        part += group
        if len(part) >= size:
            yield in_order([part])
            part = []
    if part:
        yield in_order([part])


def _contradicting(record: Record, first: Record) -> Record:
    column = "productId" if "productId" in record.cells else "name"
    return replace(record, errors=(ColumnError(column, f"contradicts line {first.line}, which has the same product"),))
