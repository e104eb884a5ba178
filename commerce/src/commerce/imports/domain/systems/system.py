"""What the exports of a shop system look like, and what all of them need to become lines of ours.

Our products have no variants: each variant is a product, called `Scarf – Red / Large`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

from commerce.imports.domain.columns import folded
from commerce.imports.domain.markup import text_of
from commerce.imports.domain.tags import tags_cell
from shared.text.csv_file import Record

OTHER = "Other"
"""The category of what has none."""
_MAX_TAGS = 20
_MAX_ID = 64

type Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class System:
    """`signatures` are names that, together, only its exports have. `products` makes lines of ours of rows with cells.

    `columns` are what it needs for that, by name, some of them called as ours.
    """

    name: str
    signatures: tuple[frozenset[str], ...]
    columns: Mapping[str, str]
    products: Callable[[Sequence[Record]], Iterator[Record]]

    def wrote(self, names: Sequence[str]) -> bool:
        present = set(map(folded, names))
        return any(signature <= present for signature in self.signatures)

    def columns_of(self, names: Sequence[str]) -> list[str | None]:
        """None for what nobody needs. Of numbered columns, `stock*` is `stock1`, `stock2` …"""
        columns: list[str | None] = []
        for name in map(folded, names):
            column = self.columns.get(name) or next(
                (of for start, of in self.columns.items() if start.endswith("*") and name.startswith(start[:-1])), None
            )
            if column and column.endswith("*"):
                column = f"{column[:-1]}{len(columns)}"
            columns.append(None if column in columns else column)
        return columns

    def lines_of(self, rows: Sequence[Record]) -> list[Record]:
        """Lines of ours, in the order of the file; a row that could not be read stays with its errors."""
        lines = self.products([row for row in rows if row.cells])
        return sorted([*lines, *(row for row in rows if not row.cells)], key=attrgetter("line"))


def system(
    name: str,
    products: Callable[[Sequence[Record]], Iterator[Record]],
    signatures: Iterable[Iterable[str]],
    columns: Mapping[str, str],
) -> System:
    """With names as its exports write them."""
    signs = tuple(frozenset(map(folded, signature)) for signature in signatures)
    return System(name, signs, {folded(of): column for of, column in columns.items()}, products)


def cells_of(row: Record) -> dict[str, str]:
    """Of a row of texts."""
    return {column: str(value) for column, value in row.cells.items()}


def line(row: Record, names: Mapping[str, str] | None = None, **cells: str | None) -> Record:
    """The row as a line of ours. `names` are columns of the row, by those of ours that were made of them."""
    kept = {column: text for column, text in cells.items() if text}
    product_id = kept.pop("product_id", None)
    if product_id:
        kept["productId"] = product_id
    if description := kept.get("description"):
        kept["description"] = text_of(description)
    made_of = {"productId": "sku"} | dict(names or {})
    in_file = {column: row.names.get(made_of.get(column, column), "") for column in kept}
    named = {column: name for column, name in in_file.items() if name}
    return replace(row, cells=kept, names={**row.names, **named})


def product_id(*parts: str | None) -> str:
    """What identifies a product, as an id may look; the first that is there of a system's own."""
    text = "-".join(part for part in parts if part)
    return re.sub(r"[^A-Za-z0-9_-]+", "-", text).strip("-")[:_MAX_ID]


def variant_name(name: str, values: Iterable[str | None]) -> str:
    described = " / ".join(value for value in values if value)
    return f"{name} – {described}" if name and described else name


def tags(text: str | None) -> str | None:
    """Of a list with commas: each once."""
    if not text:
        return None
    distinct = dict[str, str]()
    for tag in map(str.strip, text.split(",")):
        if tag:
            distinct.setdefault(tag.casefold(), tag)
    return tags_cell([*distinct.values()][:_MAX_TAGS])


def last_part(path: str | None) -> str | None:
    """`Scarves` of `Clothing > Accessories > Scarves`."""
    return path.rpartition(">")[2].strip() if path else None


def pieces(text: str | None, *, is_available: bool = True) -> str:
    """A stock: what is oversold is none. What is available, and not counted, is one piece."""
    if not text:
        return "1" if is_available else "0"
    whole = re.fullmatch(r"(-?[0-9]+)(?:\.0+)?", text)
    if not whole:
        return text  # reported with the other errors of the line
    return "0" if whole[1].startswith("-") else whole[1]
