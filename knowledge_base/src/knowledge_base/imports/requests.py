"""Files of customers: how their lines are read and validated."""

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, model_validator

from knowledge_base.customers.domain.recording import Fact, Imported, OrderEnded, OrderPlaced
from knowledge_base.imports.domain.columns import COLUMNS, ORDER_COLUMNS, read_header
from knowledge_base.imports.domain.importing import MAX_LINES, CustomerLine, InvalidLine
from shared.errors import Invalid, UnsupportedMediaType
from shared.http.bodies import checked
from shared.http.fields import Body, Email, Line, Moment, PersonName
from shared.http.forms import Code, Form
from shared.http.request import Request
from shared.money import CURRENCIES, MAX_MINOR_UNITS, Money, minor_units
from shared.text.csv_file import ColumnError, Record, read_csv

MAX_FILE_BYTES = 2 * 1024 * 1024
_MAX_ERRORS = len(COLUMNS)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _at_midnight(value: object) -> object:
    """Other systems keep days."""
    return f"{value}T00:00:00Z" if isinstance(value, str) and _DATE.fullmatch(value) else value


type _AccountId = Annotated[str, Form(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "the id of an account, a UUID")]
type _OrderId = Annotated[str, Form(r"[A-Za-z0-9_-]{1,64}", "1 to 64 letters, digits, - and _")]
type _Day = Annotated[Moment, BeforeValidator(_at_midnight)]


class ImportedCustomer(Body):
    """A line. Empty cells were removed before: what a line does not have stays as it is."""

    user_id: _AccountId
    name: PersonName = ""
    email: Email = ""
    since: _Day | None = None
    order_id: _OrderId = ""
    order_number: Annotated[str, Line(40)] = ""
    order_status: Literal["placed", "fulfilled", "cancelled"] = "placed"
    order_total: str = ""
    currency: Annotated[str, Code(CURRENCIES, "the ISO 4217 code of a currency in use, such as GBP")] = ""
    ordered_at: _Day | None = None

    @model_validator(mode="after")
    def _has_a_whole_order_or_none(self) -> "ImportedCustomer":
        given = [self.order_id, self.order_number, self.order_total, self.currency, self.ordered_at]
        if any(given) and not all(given):
            missing = [name for name, value in zip(ORDER_COLUMNS, given, strict=True) if not value]
            raise ValueError(f"has a part of an order: {', '.join(missing)} is missing")
        if self.order_id and not 0 <= minor_units(self.order_total, self.currency) <= MAX_MINOR_UNITS:
            raise ValueError("has an orderTotal that is too high")
        return self

    def to_facts(self) -> tuple[Fact, ...]:
        customer = Imported(self.user_id, self.name, self.email, self.since)
        if not self.order_id or self.ordered_at is None:
            return (customer,)
        total = Money(minor_units(self.order_total, self.currency), self.currency)
        placed = OrderPlaced(self.user_id, self.order_id, self.order_number, total, self.ordered_at)
        if self.order_status == "placed":
            return customer, placed
        return customer, placed, OrderEnded(self.user_id, self.order_id, self.order_number, self.order_status)


def read_records(request: Request) -> list[Record]:
    """The lines of a CSV file. Raises Malformed; TooLarge; UnsupportedMediaType; Invalid."""
    if request.media_type != "text/csv":
        raise UnsupportedMediaType("Send the file as text/csv, in UTF-8.")
    return read_csv(request.bytes, read_header, max_lines=MAX_LINES)


def validate(record: Record) -> CustomerLine | InvalidLine:
    try:
        line = checked(ImportedCustomer, dict(record.cells), _MAX_ERRORS)
    except Invalid as refusal:
        errors = tuple(ColumnError(_name(error.field, record), error.message) for error in refusal.errors)
        return InvalidLine(None, (*record.errors, *errors) if record.cells else record.errors)
    if record.errors:
        return InvalidLine(line.user_id, record.errors)
    return CustomerLine(line.user_id, line.to_facts())


def _name(field: str, record: Record) -> str:
    """The file's own name of a column; `line` for what is wrong with several."""
    return "line" if field == "body" else record.names.get(field, field)
