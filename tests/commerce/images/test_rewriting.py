from collections.abc import Iterator
from dataclasses import replace

import pytest

from commerce.catalogue.domain.catalogue import rewrite
from commerce.catalogue.domain.products import Product
from shared.errors import Conflict, Unavailable, VersionConflict
from shared.resilience.backoff import Backoff
from tests.commerce.catalogue.fakes import FakeProducts
from tests.commerce.examples import NOW, a_product


class CrowdedProducts(FakeProducts):
    """A catalogue in which somebody else is faster so many times."""

    def __init__(self, product: Product, times: int) -> None:
        super().__init__(product)
        self.rivals: Iterator[int] = iter(range(times))

    def edit(self, seen: Product, edited: Product) -> Product:
        if next(self.rivals, None) is not None:
            current = self.by_id[edited.product_id]
            self.by_id[edited.product_id] = replace(current, version=current.version + 1)
            raise VersionConflict
        return super().edit(seen, edited)


def sold(product: Product) -> Product:
    return replace(product, stock=0)


def test_writer_who_was_outpaced_waits_before_trying_again() -> None:
    products, waits = CrowdedProducts(a_product(), 3), list[float]()
    backoff = Backoff(0.02, 0.5, sleep=waits.append, jitter=lambda _, high: high)

    rewritten = rewrite(products, "teapot", sold, NOW, backoff=backoff)

    assert (rewritten.stock, rewritten.version) == (0, 5)
    assert waits == [0.02, 0.04, 0.08]


def test_writer_who_is_always_outpaced_gets_an_error() -> None:
    backoff = Backoff(0.02, sleep=lambda _: None)

    with pytest.raises(Unavailable):
        rewrite(CrowdedProducts(a_product(), 1_000), "teapot", sold, NOW, backoff=backoff)


def test_change_that_is_there_already_is_repeated_whatever_version_was_seen() -> None:
    products = FakeProducts(a_product())
    first = rewrite(products, "teapot", sold, NOW, seen_version=1)

    assert rewrite(products, "teapot", sold, NOW, seen_version=1) == first
    with pytest.raises(Conflict):
        rewrite(products, "teapot", lambda current: replace(current, stock=3), NOW, seen_version=1)
