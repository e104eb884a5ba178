"""Files of products: how they are read, and how their lines are validated, with the field types of POST /products."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal

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
from commerce.imports.domain.background import MAX_UPLOAD_BYTES
from commerce.imports.domain.csv_file import read_csv
from commerce.imports.domain.grouping import Group, grouped
from commerce.imports.domain.json_file import read_items
from commerce.imports.domain.lines import (
    MAX_LINES,
    InvalidLine,
    LineValidator,
    ProductLine,
    id_by_name,
)
from commerce.imports.domain.price_format import with_plain_prices
from commerce.imports.domain.pricing import PRICE_COLUMNS, priced
from commerce.imports.domain.starting import WantedUpload
from shared.errors import Invalid, UnsupportedMediaType
from shared.http.bodies import AmountOfMoney, checked
from shared.http.contract import JSON
from shared.http.fields import Body
from shared.http.forms import Form
from shared.json.strict import parse_json
from shared.text.csv_file import ColumnError, Record
from shared.text.csv_rows import printable
from shared.text.encodings import is_charset

MAX_BYTES = 4 * 1024 * 1024  # Lambda accepts 6 MB, and base64 makes a file longer by a third
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
    name: Name | None = None
    description: Description | None = None
    category: Category | None = None
    tags: Tags | None = None
    price: AmountOfMoney | None = None
    stock: Stock | None = None
    seen: Stock | None = None
    status: StatusOfProduct | None = None

    def to_line(self) -> ProductLine:
        return ProductLine(
            product_id=self.product_id or id_by_name(self.name or "", self.category or ""),
            kind=Kind(self.kind) if self.kind else None,
            name=self.name,
            description=self.description,
            category=self.category,
            tags=None if self.tags is None else tuple(self.tags),
            price=self.price.to_money() if self.price else None,
            stock=self.stock,
            seen=self.seen,
            status=Status(self.status) if self.status else None,
        )


class ItemsOfFile(Body):
    """A list of products in an object; each is validated by itself."""

    items: Annotated[list[object], Field(max_length=MAX_LINES)]


class ProductsFile(RootModel[Annotated[list[object], Field(max_length=MAX_LINES)] | ItemsOfFile]):
    """Products with productId, kind, name, description, category, tags, price or amount, currency, stock and status.

    Each has a productId, or name and category; a new product needs name, category and one of price and amount.
    """


CSV_TYPES = ("text/csv", "application/vnd.ms-excel", "text/tab-separated-values")
"""Browsers on a machine with Excel call every CSV file an Excel file."""
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx, .xls


class OfferFile(Body):
    """`size` is the maximum in bytes."""

    MAX_BODY_BYTES = 4 * 1024

    content_type: Literal["text/csv", "application/vnd.ms-excel", "text/tab-separated-values", "application/json"]
    size: Annotated[int, Field(ge=1, le=MAX_UPLOAD_BYTES)]
    dry_run: bool = False

    def to_wanted(self) -> WantedUpload:
        return WantedUpload(self.content_type, self.size, self.dry_run)


def read_file(content: bytes, content_type: str, currency: str) -> list[Group]:
    """The lines of a CSV or JSON file. Raises Malformed; UnsupportedMediaType; Invalid."""
    return grouped(with_plain_prices(_records(content, content_type), currency), line_validator(currency))


def _records(content: bytes, content_type: str) -> list[Record]:
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type == JSON:
        return read_items(parse_json(content))
    if media_type not in CSV_TYPES:
        raise UnsupportedMediaType("Send the file as text/csv or as application/json.")
    charset = re.search(r';\s*charset\s*=\s*"?([^";\s]+)', content_type, re.IGNORECASE)
    if charset and not is_charset(charset[1]):
        raise UnsupportedMediaType("Send the file in UTF-8, UTF-16 or Windows-1252.")
    if content.startswith(_WORKBOOKS):
        raise UnsupportedMediaType("The file is an Excel workbook: save it as CSV, and send that.")
    return read_csv(content, charset[1] if charset else "")


def line_validator(currency: str) -> LineValidator:
    """For a shop that sells in this currency."""
    return lambda record: _validated(record, currency)


def _validated(record: Record, currency: str) -> ProductLine | InvalidLine:
    if not record.cells and record.errors:
        return InvalidLine(record.errors)
    price, errors = priced(record.cells, currency)
    values = {name: value for name, value in record.cells.items() if name not in PRICE_COLUMNS}
    if price is not None:
        values["price"] = price
    line = None
    try:
        line = checked(ImportedProduct, values, _MAX_ERRORS).to_line()
    except Invalid as refusal:
        errors += [ColumnError(_column(error.field, record), error.message) for error in refusal.errors]
    invalid = {error.base_column for error in (*record.errors, *errors)}
    if "productId" not in record.cells and "productId" not in invalid:
        errors += [
            ColumnError(name, "is required unless the line has a productId")
            for name in ("name", "category")
            if name not in record.cells and name not in invalid
        ]
    if line and not errors and not record.errors:
        return line
    return _invalid(values, (*record.errors, *errors), currency)


def _invalid(values: Mapping[str, object], errors: tuple[ColumnError, ...], currency: str) -> InvalidLine:
    invalid = {error.base_column for error in errors}
    valid = {name: value for name, value in values.items() if name not in invalid}
    # what is invalid is not missing
    placeholders = {"name": "-", "category": "-", "price": {"amount": 1, "currency": currency}}
    if invalid & PRICE_COLUMNS:
        valid.pop("price", None)
        invalid.add("price")
    replaced = {name: value for name, value in placeholders.items() if name in invalid}
    valid_part = checked(ImportedProduct, replaced | valid).to_line()
    has_id = "productId" in valid or ("productId" not in invalid and {"name", "category"} <= valid.keys())
    return InvalidLine(errors, valid_part.product_id if has_id else None, valid_part)


def _column(field: str, record: Record) -> str:
    return "amount" if field == "price.amount" and "amount" in record.cells else printable(field)
