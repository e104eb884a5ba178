"""What the shop offers: goods, which run out, and donation items, which do not."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.money import Money

PRODUCT_ID = r"[A-Za-z0-9_-]{1,64}"
"""The charity's own number of a product, or the id that it was given."""

NO_PRODUCT_IDS = frozenset({"imports"})
"""Would be ids, but stand in their place in a route."""


class Kind(StrEnum):
    """Receipts keep the two apart: only donations are gifts in the eyes of the tax office."""

    GOODS = "goods"
    DONATION = "donation"


class Status(StrEnum):
    """Customers find what is active; what is archived stays readable, as orders show it; drafts are for admins."""

    DRAFT = "draft"
    ACTIVE = "active"
    ARCHIVED = "archived"


def label(text: str) -> str:
    """A category or a tag in the one form in which it is kept and looked for: what looks the same is the same."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def wrong_stock(kind: Kind, stock: int | None) -> str | None:
    """What is wrong with such a stock of such a product; None where nothing is."""
    if kind is Kind.GOODS and stock is None:
        return "is needed: how many pieces there are"
    if kind is Kind.DONATION and stock is not None:
        return "is for goods: a donation item does not run out, leave it out"
    return None


@dataclass(frozen=True, slots=True)
class Image:
    """An uploaded picture: `key` is its name in the bucket, `alt` what it shows, in words."""

    image_id: str
    key: str
    content_type: str
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """`version` counts from 1 with every change. `stock` counts pieces; of a donation item it is None."""

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
        """Whether as many can be bought now."""
        return self.status is Status.ACTIVE and (self.stock is None or self.stock >= quantity)
