"""Products as JSON documents, as search engines store them."""

from typing import Any

from commerce.catalogue.domain.products import Image, Kind, Product, Status
from shared.json.encoding import moment, rfc3339
from shared.money import Money

type Json = dict[str, Any]


def document_of(product: Product) -> Json:
    """`amount` and `currency` of the price are top-level fields."""
    return {
        "productId": product.product_id,
        "kind": product.kind.value,
        "name": product.name,
        "description": product.description,
        "category": product.category,
        "tags": product.tags,
        "amount": product.price.amount,
        "currency": product.price.currency,
        "stock": product.stock,
        "status": product.status.value,
        "images": [image_document(image) for image in product.images],
        "version": product.version,
        "revision": product.revision,
        "movements": product.movements,
        "openingStock": product.opening_stock,
        "createdAt": rfc3339(product.created_at),
        "updatedAt": rfc3339(product.updated_at),
    }


def product_in(document: Json) -> Product:
    """Raises KeyError or ValueError for any other document."""
    return Product(
        product_id=document["productId"],
        kind=Kind(document["kind"]),
        name=document["name"],
        description=document["description"],
        category=document["category"],
        tags=tuple(document["tags"]),
        price=Money(document["amount"], document["currency"]),
        stock=document.get("stock"),
        status=Status(document["status"]),
        images=tuple(map(image_in, document["images"])),
        version=document["version"],
        revision=document["revision"] if "revision" in document else document["version"],
        movements=document.get("movements", 0),
        opening_stock=document.get("openingStock"),
        created_at=moment(document["createdAt"]),
        updated_at=moment(document["updatedAt"]),
    )


def image_document(image: Image) -> Json:
    document: Json = {"imageId": image.image_id, "key": image.key, "contentType": image.content_type, "alt": image.alt}
    if image.width is not None:
        document |= {"width": image.width, "height": image.height}
    return document | {"widths": list(image.widths)} if image.widths else document


def image_in(document: Json) -> Image:
    """Raises KeyError for any other document."""
    return Image(
        document["imageId"],
        document["key"],
        document["contentType"],
        document["alt"],
        document.get("width"),
        document.get("height"),
        tuple(document.get("widths", ())),
    )
