"""Products as the Products table has them, with one index for each way in which lists are read."""

from typing import Self

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from commerce.catalogue.adapters.product_documents import image_document, image_in
from commerce.catalogue.domain.products import Kind, Product, Status
from shared.dynamodb.attributes import DocumentsAttribute, IntegerAttribute, MomentAttribute, TextsAttribute
from shared.dynamodb.records import Record
from shared.json.encoding import rfc3339
from shared.money import Money


class ProductsByPrice(GlobalSecondaryIndex["ProductRecord"]):
    class Meta:
        index_name = "ByPrice"
        projection = AllProjection()

    shelf = UnicodeAttribute(hash_key=True)
    price_key = UnicodeAttribute(range_key=True, attr_name="priceKey")


class ProductsByAge(GlobalSecondaryIndex["ProductRecord"]):
    class Meta:
        index_name = "ByAge"
        projection = AllProjection()

    shelf = UnicodeAttribute(hash_key=True)
    age_key = UnicodeAttribute(range_key=True, attr_name="ageKey")


class CategoryByPrice(GlobalSecondaryIndex["ProductRecord"]):
    class Meta:
        index_name = "CategoryByPrice"
        projection = AllProjection()

    category_shelf = UnicodeAttribute(hash_key=True, attr_name="categoryShelf")
    price_key = UnicodeAttribute(range_key=True, attr_name="priceKey")


class CategoryByAge(GlobalSecondaryIndex["ProductRecord"]):
    class Meta:
        index_name = "CategoryByAge"
        projection = AllProjection()

    category_shelf = UnicodeAttribute(hash_key=True, attr_name="categoryShelf")
    age_key = UnicodeAttribute(range_key=True, attr_name="ageKey")


class ProductRecord(Record):
    by_price, by_age = ProductsByPrice(), ProductsByAge()
    category_by_price, category_by_age = CategoryByPrice(), CategoryByAge()

    product_id = UnicodeAttribute(hash_key=True, attr_name="productId")
    kind = UnicodeAttribute()
    name = UnicodeAttribute()
    description = UnicodeAttribute()
    category = UnicodeAttribute()
    tags = TextsAttribute()
    amount = IntegerAttribute()
    currency = UnicodeAttribute()
    stock = IntegerAttribute(null=True)
    status = UnicodeAttribute()
    images = DocumentsAttribute()
    version = IntegerAttribute()
    created_at = MomentAttribute(attr_name="createdAt")
    updated_at = MomentAttribute(attr_name="updatedAt")
    shelf = UnicodeAttribute(null=True)
    category_shelf = UnicodeAttribute(null=True, attr_name="categoryShelf")
    price_key = UnicodeAttribute(null=True, attr_name="priceKey")
    age_key = UnicodeAttribute(null=True, attr_name="ageKey")

    @classmethod
    def of(cls, product: Product) -> Self:
        return cls(
            product.product_id,
            kind=product.kind.value,
            name=product.name,
            description=product.description,
            category=product.category,
            tags=product.tags,
            amount=product.price.amount,
            currency=product.price.currency,
            stock=product.stock,
            status=product.status.value,
            images=[image_document(image) for image in product.images],
            version=product.version,
            created_at=product.created_at,
            updated_at=product.updated_at,
            shelf=product.status.value,
            category_shelf=category_shelf(product.status, product.category),
            price_key=price_key(product.price.amount, product.product_id),
            age_key=f"{rfc3339(product.created_at)}#{product.product_id}",
        )

    def to_product(self) -> Product:
        """Raises KeyError or ValueError for what is no product."""
        return Product(
            product_id=self.product_id,
            kind=Kind(self.kind),
            name=self.name,
            description=self.description,
            category=self.category,
            tags=self.tags,
            price=Money(self.amount, self.currency),
            stock=self.stock,
            status=Status(self.status),
            images=tuple(map(image_in, self.images)),
            version=self.version,
            created_at=self.created_at,
            updated_at=self.updated_at,
        )


def category_shelf(status: Status, category: str) -> str:
    return f"{status.value}#{category}"


def price_key(amount: int, product_id: str) -> str:
    """Sorts as text like the amounts, of at most twelve digits."""
    return f"{amount:012d}#{product_id}"
