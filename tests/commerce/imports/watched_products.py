"""A catalogue that is watched while it is imported into."""

from collections.abc import Callable
from typing import Any

from commerce.catalogue.domain.products import Product
from tests.commerce.catalogue.fakes import FakeProducts


class WatchedProducts(FakeProducts):
    """`before_write` happens between what an import has read and what it writes."""

    def __init__(self, *products: Product, before_write: Callable[["WatchedProducts"], None]) -> None:
        super().__init__(*products)
        self.before_write = before_write

    def add(self, product: Product, *rest: Any) -> None:
        self.before_write(self)
        super().add(product, *rest)

    def edit(self, seen: Product, edited: Product) -> Product:
        self.before_write(self)
        return super().edit(seen, edited)
