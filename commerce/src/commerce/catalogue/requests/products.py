"""Products that clients send."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from commerce.catalogue.domain.catalogue import Details
from commerce.catalogue.domain.products import MAX_STOCK, Kind, Product, Status
from shared.http.bodies import AmountOfMoney
from shared.http.fields import DISTINCT, NOT_NULL, Body, Line, Version, written

type KindOfProduct = Literal["goods", "donation"]
type StatusOfProduct = Literal["draft", "active", "archived"]
type Name = Annotated[str, Line(200)]
type Category = Annotated[str, Line(60)]
type Description = Annotated[str, Field(max_length=5_000), AfterValidator(lambda text: text and written(text))]
type Tag = Annotated[str, Line(40)]
type Tags = Annotated[list[Tag], Field(max_length=20), DISTINCT]
type Stock = Annotated[int, Field(ge=0, le=MAX_STOCK)]


class AddProduct(Body):
    """Goods have a stock, donation items have none."""

    MAX_BODY_BYTES = 128 * 1024  # the longest product, where JSON spells every character as \\uXXXX\\uXXXX, has 72 KB

    kind: KindOfProduct = "goods"
    name: Name
    description: Description = ""
    category: Category
    tags: Tags = []
    price: AmountOfMoney
    stock: Stock | None = None
    status: Annotated[StatusOfProduct | None, NOT_NULL] = None

    def to_details(self) -> Details:
        return Details(
            kind=Kind(self.kind),
            name=self.name,
            description=self.description,
            category=self.category,
            tags=tuple(self.tags),
            price=self.price.to_money(),
            stock=self.stock,
            status=Status(self.status) if self.status else None,
        )


class ChangeProduct(Body):
    """With a `version`, only if it is the current one. What is left out stays as it is."""

    MAX_BODY_BYTES = AddProduct.MAX_BODY_BYTES

    kind: Annotated[KindOfProduct | None, NOT_NULL] = None
    name: Name
    description: Annotated[Description | None, NOT_NULL] = None
    category: Category
    tags: Annotated[Tags | None, NOT_NULL] = None
    price: AmountOfMoney
    stock: Stock | None = None
    status: Annotated[StatusOfProduct | None, NOT_NULL] = None
    version: Annotated[Version | None, NOT_NULL] = None

    def to_details(self, current: Product) -> Details:
        """A product of another kind has no stock but the one that is given."""
        kind = Kind(self.kind) if self.kind else current.kind
        keeps_stock = "stock" not in self.model_fields_set and kind is current.kind
        return Details(
            kind=kind,
            name=self.name,
            description=current.description if self.description is None else self.description,
            category=self.category,
            tags=current.tags if self.tags is None else tuple(self.tags),
            price=self.price.to_money(),
            stock=current.stock if keeps_stock else self.stock,
            status=Status(self.status) if self.status else None,
        )
