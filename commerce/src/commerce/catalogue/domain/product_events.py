"""Domain events of the catalogue: ProductChanged and StockLow."""

from dataclasses import fields

from commerce.catalogue.domain.products import Product, Status
from shared.events.domain_events import DomainEvent
from shared.json.encoding import camel

CHANGED, STOCK_LOW = "ProductChanged", "StockLow"

# not listed as changed: they never change, or always, or are the shop's own bookkeeping
_UNLISTED = {"product_id", "version", "revision", "movements", "opening_stock", "created_at", "updated_at"}


def events_of(old: Product | None, new: Product, low_at: int) -> list[tuple[str, DomainEvent]]:
    """The events of one revision of a product; their ids contain it, so that consumers recognize duplicates.

    StockLow is published once, when the stock of a product on sale falls to `low_at` or below, or the product comes on
    sale with so little.
    """
    changed = [
        camel(field.name)
        for field in fields(Product)
        if field.name not in _UNLISTED and (old is None or getattr(old, field.name) != getattr(new, field.name))
    ]
    if not changed:
        return []
    events = [(CHANGED, _event(CHANGED, new, {"status": new.status, "isNew": old is None, "changed": changed}))]
    if _is_low(new, low_at) and not (old is not None and _is_low(old, low_at)):
        events.append((STOCK_LOW, _event(STOCK_LOW, new, {"stock": new.stock, "lowAt": low_at, "isNew": old is None})))
    return events


def _is_low(product: Product, low_at: int) -> bool:
    return product.status is Status.ACTIVE and product.stock is not None and product.stock <= low_at


def _event(name: str, product: Product, more: dict[str, object]) -> DomainEvent:
    return DomainEvent(
        id=f"{name}-{product.product_id}-{product.revision}",
        version=1,
        occurred_at=product.updated_at,
        user_id="",  # not about a user
        data={"productId": product.product_id, "productVersion": product.version, "name": product.name} | more,
    )
