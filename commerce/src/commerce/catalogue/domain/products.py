"""What the shop offers: goods, which run out, and donation items, which do not."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from shared.errors import FieldError
from shared.money import Money

PRODUCT_ID, PRODUCT_ID_IN_WORDS = r"[A-Za-z0-9_-]{1,64}", "1 to 64 letters, digits, - and _"
"""The charity's own number of the product, or a generated id."""

MAX_STOCK = 1_000_000

RESERVED_PRODUCT_IDS = frozenset({"imports", "export"})
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


IMAGE_WIDTHS = 320, 800, 1600
"""In pixels: an image has a file for a list, one for a page, and one for a large screen."""


def widths_of(width: int) -> tuple[int, ...]:
    """Those in which there are files of a picture so wide: none is enlarged, and the last has all of a small one."""
    smaller = [each for each in IMAGE_WIDTHS if each < width]
    return tuple(IMAGE_WIDTHS[: len(smaller) + 1])


@dataclass(frozen=True, slots=True)
class Image:
    """An uploaded picture. `alt` is its description; `width` and `height`, in pixels, are the upload's.

    `key` begins the names of its files in the bucket, one for each of `widths`. A picture from before these has a
    single file, called `key`, and perhaps no recorded size.
    """

    image_id: str
    key: str
    content_type: str
    alt: str
    width: int | None = None
    height: int | None = None
    widths: tuple[int, ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        return tuple(image_file(self.key, each) for each in self.widths) or (self.key,)

    def file(self, width: int) -> str:
        """The name of the file for this one of IMAGE_WIDTHS."""
        wide_enough = [file for each, file in zip(self.widths, self.files, strict=False) if each >= width]
        return wide_enough[0] if wide_enough else self.files[-1]


def image_file(key: str, width: int) -> str:
    return f"{key}-{width}.webp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """`stock` counts pieces; donation items have none.

    `version` starts at 1 and grows with every edit, `revision` with every write: a sale moves the stock, and makes no
    version. The stock is always `opening_stock` and the sum of its `movements`, which are counted here, and kept in
    the ledger of stock.
    """

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
    revision: int
    movements: int
    opening_stock: int | None
    created_at: datetime
    updated_at: datetime

    def has(self, quantity: int) -> bool:
        """Whether this quantity can be bought now."""
        return self.status is Status.ACTIVE and (self.stock is None or self.stock >= quantity)


def refused_edit(current: Product, edited: Product) -> FieldError | None:
    """Why nobody may edit the product so; None if it may be.

    From its first movement on, the stock is the ledger's: an edit of what somebody read a while ago would put back
    what has been sold since.
    """
    if not current.movements or (edited.kind, edited.stock) == (current.kind, current.stock):
        return None
    if edited.kind is not current.kind:
        return FieldError("kind", "cannot change once the stock has moved: archive this product and add another")
    return FieldError(
        "stock",
        f"has moved and is {current.stock} now: leave it out, and change it by POST /products/{{productId}}/stock",
    )


def next_version(current: Product, edited: Product, now: datetime) -> Product:
    """The product as it is once the edit is written. A stock that is set is what the product opens with."""
    opening = current.opening_stock if edited.stock == current.stock else edited.stock
    return replace(
        edited,
        version=current.version + 1,
        revision=current.revision + 1,
        opening_stock=opening,
        updated_at=now,
    )
