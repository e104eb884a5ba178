"""Products as tests need them."""

from datetime import UTC, datetime
from typing import Any

from commerce.catalogue.domain.products import Image, Kind, Product, Status
from shared.money import Money

NOW = datetime(2026, 2, 3, 4, 5, 6, 789000, tzinfo=UTC)


def a_product(product_id: str = "teapot", **changes: Any) -> Product:
    """A teapot for £8.50, of which there are four; of another version, one that was only edited."""
    details: dict[str, Any] = {
        "kind": Kind.GOODS,
        "name": "Enamel teapot",
        "description": "A blue enamel teapot, hardly used.",
        "category": "Homeware",
        "tags": ("kitchen", "vintage"),
        "price": Money(850, "GBP"),
        "stock": 4,
        "status": Status.ACTIVE,
        "images": (Image("front", "images/teapot/front.png", "image/png", "A blue teapot", 640, 480),),
        "version": 1,
        "created_at": NOW,
        "updated_at": NOW,
    }
    details |= changes
    untouched = {"revision": details["version"], "movements": 0, "opening_stock": details["stock"]}
    return Product(product_id=product_id, **(untouched | details))


def a_donation_item(product_id: str = "nursing", **changes: Any) -> Product:
    """An hour of nursing for £25, which does not run out."""
    details: dict[str, Any] = {
        "kind": Kind.DONATION,
        "name": "An hour of nursing",
        "category": "Gifts",
        "price": Money(2500, "GBP"),
        "stock": None,
        "images": (),
    }
    return a_product(product_id, **(details | changes))
