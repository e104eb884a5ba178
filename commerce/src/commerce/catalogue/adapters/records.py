"""Products as the Products table has them, with one index for each way in which lists are read."""

from datetime import datetime
from typing import Self

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
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
    """Products that were written before stock had movements have no revision, no movements and no opening stock."""

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
    revision = IntegerAttribute(null=True)
    movements = IntegerAttribute(null=True)
    opening_stock = IntegerAttribute(null=True, attr_name="openingStock")
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
            revision=product.revision,
            movements=product.movements,
            opening_stock=product.opening_stock,
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
            revision=self.counted_writes,
            movements=self.movements or 0,
            opening_stock=self.stock if self.opening_stock is None else self.opening_stock,
            created_at=self.created_at,
            updated_at=self.updated_at,
        )

    @property
    def counted_writes(self) -> int:
        """The product's revision."""
        return self.version if self.revision is None else self.revision

    def edits(self) -> list[Action]:
        """Sets what an edit may change, apart from the stock, and counts the write."""
        attributes = self.get_attributes()
        return [*(attributes[name].set(getattr(self, name)) for name in _EDITED), counted()]

    def sets_stock(self) -> list[Action]:
        return [ProductRecord.stock.set(self.stock), ProductRecord.opening_stock.set(self.opening_stock)]


_EDITED = (
    *("kind", "name", "description", "category", "tags", "amount", "currency", "status", "images"),
    *("version", "updated_at", "shelf", "category_shelf", "price_key"),
)


def counted() -> Action:
    """Every write of an item that is there makes its next revision."""
    return ProductRecord.revision.set((ProductRecord.revision | ProductRecord.version) + 1)


def moved(change: int, at: datetime) -> list[Action]:
    """What a movement does to its product."""
    return [
        ProductRecord.stock.add(change),
        ProductRecord.movements.add(1),
        ProductRecord.opening_stock.set(ProductRecord.opening_stock | ProductRecord.stock),
        ProductRecord.updated_at.set(at),
        counted(),
    ]


def never_moved() -> Condition:
    unmoved: Condition = ProductRecord.movements.does_not_exist() | (ProductRecord.movements == 0)
    return unmoved


def category_shelf(status: Status, category: str) -> str:
    return f"{status.value}#{category}"


def price_key(amount: int, product_id: str) -> str:
    """Sorts as text like the amounts, of at most twelve digits."""
    return f"{amount:012d}#{product_id}"
