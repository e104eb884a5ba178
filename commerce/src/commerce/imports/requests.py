"""Judges the lines of a file of products by the same types of fields as POST /products has."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, RootModel, StringConstraints

from commerce.catalogue.domain.products import NO_PRODUCT_IDS, PRODUCT_ID, Kind, Status
from commerce.catalogue.requests import Category, Description, KindOfProduct, Name, StatusOfProduct, Stock, Tags
from commerce.imports.domain.columns import shown
from commerce.imports.domain.lines import MAX_LINES, ColumnError, Judge, ProductLine, Record, Unsound, id_by_name
from commerce.imports.domain.pricing import PRICE_COLUMNS, priced
from shared.errors import Invalid
from shared.http.bodies import AmountOfMoney, checked
from shared.http.fields import Body

_MAX_ERRORS = 50  # more than a line has: twenty tags and the other columns


def _free(product_id: str) -> str:
    if product_id in NO_PRODUCT_IDS:
        raise ValueError("is the name of a route, and cannot be a product's: take another")
    return product_id


class ImportedProduct(Body):
    """What a line may say. None is what it does not: null and empty cells have been left out before."""

    product_id: Annotated[str, StringConstraints(pattern=f"^{PRODUCT_ID}$"), AfterValidator(_free)] | None = None
    kind: KindOfProduct | None = None
    name: Name
    description: Description | None = None
    category: Category
    tags: Tags | None = None
    price: AmountOfMoney
    stock: Stock | None = None
    status: StatusOfProduct | None = None

    def to_line(self) -> ProductLine:
        return ProductLine(
            product_id=self.product_id or id_by_name(self.name, self.category),
            kind=Kind(self.kind) if self.kind else None,
            name=self.name,
            description=self.description,
            category=self.category,
            tags=None if self.tags is None else tuple(self.tags),
            price=self.price.to_money(),
            stock=self.stock,
            status=Status(self.status) if self.status else None,
        )


class ItemsOfFile(Body):
    """A list of products inside of an object; what stands in each is judged by itself."""

    items: Annotated[list[object], Field(max_length=MAX_LINES)]


class ProductsFile(RootModel[Annotated[list[object], Field(max_length=MAX_LINES)] | ItemsOfFile]):
    """Products for POST /products/imports

    Each with productId, kind, name, description, category, tags, price or amount, currency, stock and status; of them,
    name, category and one of price and amount are required.
    """

    also_as: ClassVar = ("text/csv",)


def judge_of_shop(currency: str) -> Judge:
    """Judges the lines of a shop that sells in this currency."""
    return lambda record: _judged(record, currency)


def _judged(record: Record, currency: str) -> ProductLine | Unsound:
    if not record.cells and record.errors:
        return Unsound(record.errors)
    price, errors = priced(record.cells, currency)
    if "price" not in record.cells and "amount" in {error.known_column for error in record.errors}:
        errors = [error for error in errors if error.column != "price"]  # it was said, and could not be read
    said = {name: value for name, value in record.cells.items() if name not in PRICE_COLUMNS} | {"price": price}
    line = None
    try:
        line = checked(ImportedProduct, said, _MAX_ERRORS).to_line()
    except Invalid as refusal:
        errors += [ColumnError(_column(error.field, record), error.message) for error in refusal.errors]
    if line and not errors and not record.errors:
        return line
    return _unsound(said, (*record.errors, *errors), currency)


def _unsound(said: Mapping[str, object], errors: tuple[ColumnError, ...], currency: str) -> Unsound:
    wrong = {error.known_column for error in errors}
    if "kind" in wrong:  # what else is asked of the line depends on it
        return Unsound(errors)
    rest = {name: value for name, value in said.items() if name not in wrong and name not in {"price"}}
    stands_in = {"name": "-", "category": "-", "price": {"amount": 1, "currency": currency}}
    otherwise = checked(ImportedProduct, stands_in | rest).to_line()
    has_id = "productId" in rest or ("productId" not in wrong and {"name", "category"} <= rest.keys())
    return Unsound(errors, otherwise.product_id if has_id else None, otherwise)


def _column(field: str, record: Record) -> str:
    return "amount" if field == "price.amount" and "amount" in record.cells else shown(field)
