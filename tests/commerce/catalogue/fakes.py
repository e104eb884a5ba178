"""Stand-ins for the adapters of commerce, which keep the same contracts (see contracts/)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from commerce.catalogue.domain.catalogue import Listing, ProductPage, Sort
from commerce.catalogue.domain.products import Product
from shared.errors import VersionConflict
from shared.idempotency.claims import FirstAnswer
from tests.commerce.examples import NOW
from tests.shared.first_answers import FakeFirstAnswers
from tests.shared.persistence.fake_transactions import LOCK


class FakeProducts:
    """A catalogue in memory."""

    def __init__(self, *products: Product, first_answers: FakeFirstAnswers | None = None) -> None:
        self.by_id = {product.product_id: product for product in products}
        self.first_answers = first_answers or FakeFirstAnswers()

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
        with LOCK:
            self.first_answers.require_free(first_answer)
            if product.product_id in self.by_id:
                raise VersionConflict
            self.first_answers.record(first_answer)
            self.by_id[product.product_id] = product

    def edit(self, seen: Product, edited: Product) -> Product:
        with LOCK:
            current = self.by_id.get(edited.product_id)
            sets_stock = (edited.kind, edited.stock) != (seen.kind, seen.stock)
            if current is None or current.version != seen.version or (sets_stock and current.movements):
                raise VersionConflict
            edited = replace(edited, movements=current.movements, revision=current.revision + 1)
            if not sets_stock:
                edited = replace(edited, stock=current.stock, opening_stock=current.opening_stock)
            self.by_id[edited.product_id] = edited
            return edited

    def move(self, product_id: str, change: int, at: datetime = NOW) -> Product:
        """What a movement of stock does to its product."""
        with LOCK:
            current = self.by_id[product_id]
            assert current.stock is not None
            moved = self.by_id[product_id] = replace(
                current,
                stock=current.stock + change,
                movements=current.movements + 1,
                revision=current.revision + 1,
                updated_at=at,
            )
            return moved


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
