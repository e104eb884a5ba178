"""Stand-ins for the adapters of commerce, which keep the same contracts (see contracts/)."""

from collections.abc import Sequence
from threading import Lock

from commerce.catalogue.domain.catalogue import Listing, ProductPage, Sort
from commerce.catalogue.domain.products import Product
from shared.errors import VersionConflict
from shared.idempotency.claims import FirstAnswer
from tests.shared.first_answers import FakeFirstAnswers


class FakeProducts:
    """A catalogue in memory."""

    def __init__(self, *products: Product, first_answers: FakeFirstAnswers | None = None) -> None:
        self.by_id = {product.product_id: product for product in products}
        self.first_answers = first_answers or FakeFirstAnswers()
        self._lock = Lock()

    def find(self, product_id: str) -> Product | None:
        return self.by_id.get(product_id)

    def find_many(self, product_ids: Sequence[str]) -> dict[str, Product]:
        return {product_id: self.by_id[product_id] for product_id in product_ids if product_id in self.by_id}

    def page(self, listing: Listing, after: str | None, limit: int) -> ProductPage:
        backwards = listing.sort is not Sort.CHEAPEST
        positions = {_position(p, listing.sort): p for p in self.by_id.values() if _stands_in(listing, p)}
        ordered = sorted(positions, reverse=backwards)
        following = [at for at in ordered if after is None or (at < after if backwards else at > after)]
        page = following[:limit]
        items = tuple(positions[position] for position in page)
        return ProductPage(items, page[-1] if len(following) > limit else None)

    def add(self, product: Product, first_answer: FirstAnswer | None = None) -> None:
        with self._lock:
            self.first_answers.require_free(first_answer)
            if product.product_id in self.by_id:
                raise VersionConflict
            self.first_answers.record(first_answer)
            self.by_id[product.product_id] = product

    def replace(self, product: Product) -> None:
        with self._lock:
            current = self.by_id.get(product.product_id)
            if current is None or current.version != product.version - 1:
                raise VersionConflict
            self.by_id[product.product_id] = product


def _stands_in(listing: Listing, product: Product) -> bool:
    price = product.price.amount
    return (
        product.status is listing.status
        and listing.category in {None, product.category}
        and (listing.min_price is None or price >= listing.min_price)
        and (listing.max_price is None or price <= listing.max_price)
    )


def _position(product: Product, sort: Sort) -> str:
    first = product.created_at.isoformat() if sort is Sort.NEWEST else f"{product.price.amount:020d}"
    return f"{first} {product.product_id}"
