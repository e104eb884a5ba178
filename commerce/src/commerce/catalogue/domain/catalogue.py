"""Browsing and editing the catalogue."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from commerce.catalogue.domain.products import Kind, Product, Status, next_version, refused_edit, stock_error
from shared.errors import Conflict, FieldError, Invalid, NotFound, Unavailable, VersionConflict
from shared.money import Money
from shared.resilience.backoff import Backoff

if TYPE_CHECKING:  # customers read only
    from shared.idempotency.claims import Claim, FirstAnswer

PAGE_SIZE, MAX_PAGE_SIZE = 20, 100
_ATTEMPTS = 10


class Sort(StrEnum):
    NEWEST = "newest"
    CHEAPEST = "price"
    DEAREST = "-price"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Filters and order of a list. Prices, in minor units, both ends included, need a list sorted by price."""

    status: Status = Status.ACTIVE
    category: str | None = None
    sort: Sort = Sort.NEWEST
    min_price: int | None = None
    max_price: int | None = None


@dataclass(frozen=True, slots=True)
class ProductPage:
    """`after` is the position of the next page; None after the last one."""

    items: tuple[Product, ...]
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """The fields that admins edit. Without a status, a product keeps its own, and a new one is active."""

    kind: Kind
    name: str
    description: str
    category: str
    tags: tuple[str, ...]
    price: Money
    stock: int | None
    status: Status | None


class Products(Protocol):
    def find(self, product_id: str) -> Product | None: ...

    def page(self, listing: Listing, after: str | None, limit: int) -> ProductPage:
        """The cost depends only on the length of the page."""
        ...

    def add(self, product: Product, first_answer: "FirstAnswer | None" = None) -> None:
        """Raises VersionConflict if the id is taken; KeyInUse."""
        ...

    def edit(self, seen: Product, edited: Product) -> Product:
        """Write `edited`, the next version of `seen`; the product as it is then.

        The stock is written only if the edit changes it or the kind. Raises VersionConflict if the stored version is
        not the one that was seen, or the stock to be changed has moved.
        """
        ...


def listing_of(
    category: str | None, sort: Sort | None, min_price: int | None, max_price: int | None, status: Status
) -> Listing:
    """By default, a list with a range of prices is sorted by price. Raises Invalid."""
    has_range = min_price is not None or max_price is not None
    order = sort or (Sort.CHEAPEST if has_range else Sort.NEWEST)
    if has_range and order is Sort.NEWEST:
        message = "must be price or -price with a range of prices; GET /search sorts them in any order"
        raise Invalid(f"sort {message}.", [FieldError("sort", message)])
    return Listing(status=status, category=category, sort=order, min_price=min_price, max_price=max_price)


class Catalogue:
    """The products of one shop, all priced in one currency."""

    def __init__(self, products: Products, currency: str, new_id: Callable[[datetime], str]) -> None:
        self._products, self._currency, self._new_id = products, currency, new_id

    def browse(self, listing: Listing, after: str | None, limit: int) -> ProductPage:
        return self._products.page(listing, after, limit)

    def seen_by_customers(self, product_id: str) -> Product:
        """Archived products too: orders and links lead there. Raises NotFound, also for a draft."""
        product = self.read(product_id)
        if product.status is Status.DRAFT:
            raise _no_such_product()
        return product

    def read(self, product_id: str) -> Product:
        """Raises NotFound."""
        return found(self._products, product_id)

    def create[T](self, details: Details, now: datetime, claim: "Claim | None", answer: Callable[[Product], T]) -> T:
        """Raises Invalid; KeyInUse. `answer` makes the response, which is kept for repeated requests."""
        self.check(details)
        product = Product(
            product_id=self._new_id(now),
            kind=details.kind,
            name=details.name,
            description=details.description,
            category=details.category,
            tags=details.tags,
            price=details.price,
            stock=details.stock,
            status=details.status or Status.ACTIVE,
            images=(),
            version=1,
            revision=1,
            movements=0,
            opening_stock=details.stock,
            created_at=now,
            updated_at=now,
        )
        answered = answer(product)
        self._products.add(product, claim.answered(answered, now) if claim else None)
        return answered

    def change(
        self, product_id: str, seen_version: int | None, details_of: Callable[[Product], Details], now: datetime
    ) -> Product:
        """Replace the details of a product, whatever its version if `seen_version` is None.

        Raises NotFound; Invalid; Conflict if the product is not at `seen_version`.
        """

        def changed(current: Product) -> Product:
            details = details_of(current)
            self.check(details)
            return replace(
                current,
                kind=details.kind,
                name=details.name,
                description=details.description,
                category=details.category,
                tags=details.tags,
                price=details.price,
                stock=details.stock,
                status=details.status or current.status,
            )

        return rewrite(self._products, product_id, changed, now, seen_version=seen_version)

    def archive(self, product_id: str, seen_version: int | None, now: datetime) -> Product:
        """Take the product off sale; orders still show it. Idempotent.

        Raises NotFound; Conflict if the product is on sale, and not at `seen_version`.
        """

        def archived(current: Product) -> Product:
            return replace(current, status=Status.ARCHIVED)

        return rewrite(self._products, product_id, archived, now, seen_version=seen_version)

    def check(self, details: Details) -> None:
        """Raises Invalid for rules that involve several fields or the shop."""
        errors = []
        if details.price.currency != self._currency:
            errors.append(FieldError("price.currency", f"must be {self._currency}, the shop's only currency"))
        if wrong := stock_error(details.kind, details.stock):
            errors.append(FieldError("stock", wrong))
        if errors:
            raise Invalid("Some fields are not valid: see errors.", errors)


def found(products: Products, product_id: str) -> Product:
    """Raises NotFound."""
    product = products.find(product_id)
    if product is None:
        raise _no_such_product()
    return product


def rewrite(
    products: Products,
    product_id: str,
    change: Callable[[Product], Product],
    now: datetime,
    *,
    seen_version: int | None = None,
    backoff: Backoff | None = None,
) -> Product:
    """Apply `change` to the current version, again if somebody else writes at the same time.

    If it changes nothing, nothing is written, so that a request can be repeated. Raises NotFound; Conflict if the
    product is not at `seen_version`, or its stock has moved and may not be edited; Unavailable if it keeps changing.
    """
    backoff = backoff or Backoff(0.02, 0.5)
    for _ in range(_ATTEMPTS):
        current = found(products, product_id)
        changed = change(current)
        if changed == current:
            return current
        if seen_version is not None and current.version != seen_version:
            raise Conflict(
                f"The product is at version {current.version}, not {seen_version}: read it again, then retry.",
                [FieldError("version", f"is {current.version} now")],
            )
        if refusal := refused_edit(current, changed):
            raise Conflict(f"{refusal.field} {refusal.message}.", [refusal])
        try:
            return products.edit(current, next_version(current, changed, now))
        except VersionConflict:
            backoff.pause()
    raise Unavailable("The product is being changed by others: try again.", retry_after_seconds=1)


def _no_such_product() -> NotFound:
    return NotFound("There is no such product.")
