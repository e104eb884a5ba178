"""What the shop offers: goods, which run out, and donation items, which do not."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.money import Money

PRODUCT_ID, PRODUCT_ID_IN_WORDS = r"[A-Za-z0-9_-]{1,64}", "1 to 64 letters, digits, - and _"
"""The charity's own number of the product, or a generated id."""

RESERVED_PRODUCT_IDS = frozenset({"imports"})
"""These are segments of routes."""


class Kind(StrEnum):
    """Kept apart on receipts: only donations are gifts for tax purposes."""

    GOODS = "goods"
    DONATION = "donation"


class Status(StrEnum):
    """Customers find active products and can read archived ones, which orders show; drafts are for admins."""

    DRAFT = "draft"
    ACTIVE = "active"
    ARCHIVED = "archived"


def stock_error(kind: Kind, stock: int | None) -> str | None:
    """The error message for this stock of this kind of product; None if it is valid."""
    if kind is Kind.GOODS and stock is None:
        return "is required for goods: the number of pieces"
    if kind is Kind.DONATION and stock is not None:
        return "must be left out for a donation item, which does not run out"
    return None


@dataclass(frozen=True, slots=True)
class Image:
    """An uploaded picture: `key` is its name in the bucket, `alt` its description.

    `width` and `height`, in pixels, are unknown of pictures that were uploaded before they were recorded.
    """

    image_id: str
    key: str
    content_type: str
    alt: str
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """`version` starts at 1 and grows with every change. `stock` counts pieces; donation items have none."""

    product_id: str
    kind: Kind
    name: str
    description: str
    category: str
    tags: tuple[str, ...]
    price: Money
    stock: int | None
    status: Status
    images: tuple[Image, ...]
    version: int
    created_at: datetime
    updated_at: datetime

    def has(self, quantity: int) -> bool:
        """Whether this quantity can be bought now."""
        return self.status is Status.ACTIVE and (self.stock is None or self.stock >= quantity)
