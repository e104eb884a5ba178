"""What customers receive about categories."""

from collections.abc import Sequence
from dataclasses import dataclass

from commerce.categories.domain.counting import CategoryCount, in_order


@dataclass(frozen=True, slots=True)
class CategoriesAnswer:
    """By name; those without a product on sale are left out."""

    items: tuple[CategoryCount, ...]


def categories_answer(counts: Sequence[CategoryCount]) -> CategoriesAnswer:
    return CategoriesAnswer(in_order(counts))
