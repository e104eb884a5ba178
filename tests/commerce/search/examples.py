"""Products to be searched for: scarves, where nothing else is said."""

from datetime import timedelta

from commerce.catalogue.domain.products import Image, Kind, Product, Status
from shared.money import Money
from tests.commerce import examples


def a_product(
    product_id: str = "scarf",
    name: str = "Wool scarf",
    *,
    description: str = "Warm.",
    category: str = "clothing",
    tags: tuple[str, ...] = (),
    amount: int = 1_500,
    kind: Kind = Kind.GOODS,
    status: Status = Status.ACTIVE,
    images: tuple[Image, ...] = (),
    version: int = 1,
    minutes: int = 0,
    stock: int = 5,
) -> Product:
    """`minutes`: how long after NOW it was created. `stock`: of goods."""
    created_at = examples.NOW + timedelta(minutes=minutes)
    return examples.a_product(
        product_id,
        name=name,
        description=description,
        category=category,
        tags=tags,
        price=Money(amount, "GBP"),
        kind=kind,
        stock=stock if kind is Kind.GOODS else None,
        status=status,
        images=images,
        version=version,
        created_at=created_at,
        updated_at=created_at,
    )
