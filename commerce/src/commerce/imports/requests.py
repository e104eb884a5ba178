"""Files of products: how they are read, and how their lines are validated, with the field types of POST /products."""

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field, RootModel

from commerce.catalogue.domain.products import PRODUCT_ID, PRODUCT_ID_IN_WORDS, RESERVED_PRODUCT_IDS, Kind, Status
from commerce.catalogue.requests.products import (
    Category,
    Description,
    KindOfProduct,
    Name,
    StatusOfProduct,
    Stock,
    Tags,
)
from commerce.imports.domain.csv_file import read_csv
from commerce.imports.domain.json_file import read_items
from commerce.imports.domain.lines import (
    MAX_LINES,
    InvalidLine,
    LineValidator,
    ProductLine,
    id_by_name,
)
from commerce.imports.domain.pricing import PRICE_COLUMNS, priced
from shared.errors import Invalid, UnsupportedMediaType
from shared.http.bodies import AmountOfMoney, checked
from shared.http.fields import Body
from shared.http.forms import Form
from shared.http.request import Request
from shared.text.csv_file import ColumnError, Record
from shared.text.csv_rows import printable

MAX_FILE_BYTES = 5 * 1024 * 1024  # Lambda accepts 6 MB, and encoding a text as JSON makes it longer
_MAX_ERRORS = 50  # a line has fewer: twenty tags and the other columns


def _not_reserved(product_id: str) -> str:
    if product_id in RESERVED_PRODUCT_IDS:
        raise ValueError("is reserved: choose another id")
    return product_id


type ProductId = Annotated[str, Form(PRODUCT_ID, PRODUCT_ID_IN_WORDS), AfterValidator(_not_reserved)]


class ImportedProduct(Body):
    """A line. None stands for a field that it does not have: empty cells and null were removed before."""

    product_id: ProductId | None = None
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
    """A list of products in an object; each is validated by itself."""

    items: Annotated[list[object], Field(max_length=MAX_LINES)]


class ProductsFile(RootModel[Annotated[list[object], Field(max_length=MAX_LINES)] | ItemsOfFile]):
    """Products with productId, kind, name, description, category, tags, price or amount, currency, stock and status.


    Of each, name, category and one of price and amount are required.
    """


def read_records(request: Request) -> list[Record]:
    """The lines of a CSV or JSON file. Raises Malformed; TooLarge; UnsupportedMediaType; Invalid."""
    match request.media_type:
        case "text/csv":
            if _charset(request) not in {"", "utf-8", "utf8", "us-ascii"}:
                raise UnsupportedMediaType("Send the file in UTF-8.")
            return read_csv(request.bytes)
        case "application/json":
            return read_items(request.json)
        case _:
            raise UnsupportedMediaType("Send the file as text/csv, in UTF-8, or as application/json.")


def _charset(request: Request) -> str:
    """`utf-8` for `text/csv; charset="UTF-8"`; empty if there is none."""
    charset = re.search(r';\s*charset\s*=\s*"?([^";\s]+)', request.content_type, re.IGNORECASE)
    return charset[1].lower() if charset else ""


def line_validator(currency: str) -> LineValidator:
    """For a shop that sells in this currency."""
    return lambda record: _validated(record, currency)


def _validated(record: Record, currency: str) -> ProductLine | InvalidLine:
    if not record.cells and record.errors:
        return InvalidLine(record.errors)
    price, errors = priced(record.cells, currency)
    if "price" not in record.cells and "amount" in {error.base_column for error in record.errors}:
        errors = [error for error in errors if error.column != "price"]  # there was one that could not be read
    values = {name: value for name, value in record.cells.items() if name not in PRICE_COLUMNS} | {"price": price}
    line = None
    try:
        line = checked(ImportedProduct, values, _MAX_ERRORS).to_line()
    except Invalid as refusal:
        errors += [ColumnError(_column(error.field, record), error.message) for error in refusal.errors]
    if line and not errors and not record.errors:
        return line
    return _invalid(values, (*record.errors, *errors), currency)


def _invalid(values: Mapping[str, object], errors: tuple[ColumnError, ...], currency: str) -> InvalidLine:
    invalid = {error.base_column for error in errors}
    if "kind" in invalid:  # the rules for other fields depend on it
        return InvalidLine(errors)
    rest = {name: value for name, value in values.items() if name not in invalid and name != "price"}
    placeholders = {"name": "-", "category": "-", "price": {"amount": 1, "currency": currency}}
    valid_part = checked(ImportedProduct, placeholders | rest).to_line()
    has_id = "productId" in rest or ("productId" not in invalid and {"name", "category"} <= rest.keys())
    return InvalidLine(errors, valid_part.product_id if has_id else None, valid_part)


def _column(field: str, record: Record) -> str:
    return "amount" if field == "price.amount" and "amount" in record.cells else printable(field)
