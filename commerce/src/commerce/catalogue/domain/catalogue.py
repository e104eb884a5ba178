"""How customers browse the shop, and how its admins keep it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from commerce.catalogue.domain.products import Kind, Product, Status, stock_error
from shared.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, Unavailable
from shared.money import Money
from shared.resilience.backoff import Backoff

if TYPE_CHECKING:  # customers read only
    from shared.auth.callers import Caller
    from shared.idempotency.claims import Claim, FirstAnswer

PAGE_SIZE, MAX_PAGE_SIZE = 20, 100
_ATTEMPTS = 10
_ADMINS = "admin"


class Sort(StrEnum):
    NEWEST = "newest"
    CHEAPEST = "price"
    DEAREST = "-price"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Which products, in which order. Prices in minor units, both ends included: only of a list sorted by price."""

    status: Status = Status.ACTIVE
    category: str | None = None
    sort: Sort = Sort.NEWEST
    min_price: int | None = None
    max_price: int | None = None


@dataclass(frozen=True, slots=True)
class ProductPage:
    """`after` is the position behind which the next page begins; None where nothing follows."""

    items: tuple[Product, ...]
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What admins say of a product. Without a status it stays as it is; a new product is active."""

    kind: Kind
    name: str
    description: str
    category: str
    tags: tuple[str, ...]
    price: Money
    stock: int | None
    status: Status | None


class StaleProductError(Exception):
    """The product has another version than the one to be replaced."""


class Products(Protocol):
    def find(self, product_id: str) -> Product | None: ...

    def page(self, listing: Listing, after: str | None, limit: int) -> ProductPage:
        """The cost of a page depends on its length alone."""
        ...

    def add(self, product: Product, first_answer: "FirstAnswer | None" = None) -> None:
        """Raises StaleProductError where the id is taken; KeyInUse."""
        ...

    def replace(self, product: Product) -> None:
        """Write a version over the one before it. Raises StaleProductError where that is not the stored one."""
        ...


def require_admin(caller: "Caller") -> None:
    """Raises Forbidden: that the shop has admins is no secret."""
    if _ADMINS not in caller.groups:
        raise Forbidden("Only admins keep the shop.")


def listing_of(
    category: str | None, sort: Sort | None, min_price: int | None, max_price: int | None, status: Status
) -> Listing:
    """Raises Invalid. A range of prices makes a list sorted by price."""
    priced = min_price is not None or max_price is not None
    chosen = sort or (Sort.CHEAPEST if priced else Sort.NEWEST)
    if priced and chosen is Sort.NEWEST:
        message = "goes with sort=price or sort=-price; GET /search sorts prices as you like"
        raise Invalid(f"A range of prices {message}.", [FieldError("sort", message)])
    return Listing(status=status, category=category, sort=chosen, min_price=min_price, max_price=max_price)


class Catalogue:
    """The products of one shop, all priced in one currency."""

    def __init__(self, products: Products, currency: str, new_id: Callable[[datetime], str]) -> None:
        self._products, self._currency, self._new_id = products, currency, new_id

    def browse(self, listing: Listing, after: str | None, limit: int) -> ProductPage:
        return self._products.page(listing, after, limit)

    def seen_by_customers(self, product_id: str) -> Product:
        """What is archived too: orders and links lead there. Raises NotFound, also for a draft."""
        product = self.read(product_id)
        if product.status is Status.DRAFT:
            raise _no_such_product()
        return product

    def read(self, product_id: str) -> Product:
        """Raises NotFound."""
        return found(self._products, product_id)

    def create[T](self, details: Details, now: datetime, claim: "Claim | None", answer: Callable[[Product], T]) -> T:
        """Raises Invalid; KeyInUse. `answer` is what the product looks like from outside."""
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
            created_at=now,
            updated_at=now,
        )
        answered = answer(product)
        self._products.add(product, claim.answered(answered, now) if claim else None)
        return answered

    def change(self, product_id: str, seen: int | None, details: Details, now: datetime) -> Product:
        """Replace what admins say of a product; without the version that was seen, of whichever there is.

        Raises NotFound; Invalid; Conflict where the product has another version than the one that was seen.
        """
        self.check(details)

        def changed(known: Product) -> Product:
            return replace(
                known,
                kind=details.kind,
                name=details.name,
                description=details.description,
                category=details.category,
                tags=details.tags,
                price=details.price,
                stock=details.stock,
                status=details.status or known.status,
            )

        return rewrite(self._products, product_id, changed, now, seen=seen)

    def archive(self, product_id: str, now: datetime) -> Product:
        """Nobody finds it any more, orders still show it. Once is enough. Raises NotFound."""
        return rewrite(self._products, product_id, lambda known: replace(known, status=Status.ARCHIVED), now)

    def check(self, details: Details) -> None:
        """Raises Invalid for what the fields alone do not tell."""
        errors = []
        if details.price.currency != self._currency:
            errors.append(FieldError("price.currency", f"must be {self._currency}, the shop's only currency"))
        if wrong := stock_error(details.kind, details.stock):
            errors.append(FieldError("stock", wrong))
        if errors:
            raise Invalid("The body does not mean what it should: see errors.", errors)


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
    seen: int | None = None,
    backoff: Backoff | None = None,
) -> Product:
    """Write what `change` makes of a product, over whatever others write at the same time.

    Nothing is written where that is there already, whatever version was seen: a change may be repeated.
    Raises NotFound; Conflict where the product has another version than the one that was seen.
    """
    backoff = backoff or Backoff(0.02, 0.5)
    for _ in range(_ATTEMPTS):
        known = found(products, product_id)
        changed = change(known)
        if changed == known:
            return known
        if seen is not None and known.version != seen:
            raise Conflict(
                f"The product is at version {known.version}, you have seen {seen}: read it again, then repeat.",
                [FieldError("version", f"is {known.version} by now")],
            )
        changed = replace(changed, version=known.version + 1, updated_at=now)
        try:
            products.replace(changed)
        except StaleProductError:
            backoff.pause()  # and go on with what the other one has written
        else:
            return changed
    raise Unavailable("Others are changing this product; try again.", retry_after_seconds=1)


def _no_such_product() -> NotFound:
    return NotFound("There is no such product.")
