"""Labelled queries of the sample shop: which products answer each, and how well.

Grades: 3 is what was looked for, 2 a close second, 1 better than nothing; 0, which is not written down, is noise. What
is sold out is worth 1 at most. Two thirds of the queries are for tuning; the others are held out, and reported only.
Some have no answer in the shop.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from commerce.catalogue.domain.products import Product

TUNING, HELD_OUT = "tuning", "held-out"

_FILE = Path(__file__).with_name("shop_search_queries.json")
_SOLD_OUT = 1
_FIELDS: Mapping[str, Callable[[Product, str], bool]] = {
    "name": lambda product, value: re.search(rf"\b{re.escape(value)}", product.name, re.IGNORECASE) is not None,
    "category": lambda product, value: product.category == value,
    "tag": lambda product, value: value in product.tags,
    "kind": lambda product, value: product.kind == value,
}


@dataclass(frozen=True)
class Label:
    """`grades`: selectors of products by their grade, such as `name=teapot & !tag=vintage`: a word's beginning in the
    name, the whole category, tag or kind.
    """

    part: str
    query: str
    grades: Mapping[int, Sequence[str]]

    def graded(self, products: Sequence[Product]) -> dict[str, int]:
        """By product id, of those that answer at all."""
        grades = {product.product_id: self._grade(product) for product in products}
        return {product_id: grade for product_id, grade in grades.items() if grade}

    def _grade(self, product: Product) -> int:
        grade = max((grade for grade, selectors in self.grades.items() if _any(selectors, product)), default=0)
        return min(grade, _SOLD_OUT) if product.stock == 0 else grade


@cache
def labels() -> tuple[Label, ...]:
    return tuple(_read())


def _read() -> Iterator[Label]:
    for row in json.loads(_FILE.read_text()):
        yield Label(row["set"], row["query"], {int(grade): some for grade, some in row["grades"].items()})


def _any(selectors: Sequence[str], product: Product) -> bool:
    return any(all(_holds(condition, product) for condition in each.split(" & ")) for each in selectors)


def _holds(condition: str, product: Product) -> bool:
    field, _, value = condition.removeprefix("!").partition("=")
    return _FIELDS[field](product, value) is not condition.startswith("!")
