"""Checks a request's body against its pydantic model, and says field by field what to correct."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.errors import MAX_ERRORS, FieldError, Invalid, see_errors
from shared.http.forms import Code
from shared.http.messages import location_of, message_of
from shared.json.encoding import camel
from shared.money import CURRENCIES, MAX_MINOR_UNITS, Money


class AmountOfMoney(BaseModel):
    """`{"amount": 1299, "currency": "GBP"}`: at least one minor unit, of a currency in use."""

    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)

    amount: Annotated[int, Field(ge=1, le=MAX_MINOR_UNITS)]
    currency: Annotated[str, Code(CURRENCIES, "the ISO 4217 code of a currency in use, such as GBP")]

    def to_money(self) -> Money:
        return Money(self.amount, self.currency)


def checked[M: BaseModel](model: type[M], body: object, max_errors: int = MAX_ERRORS) -> M:
    """Raises Invalid, with every field that is wrong and never with its value."""
    try:
        return model.model_validate(body)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        errors = [FieldError(_path(location_of(each), body), message_of(each)) for each in found[:max_errors]]
        raise Invalid(see_errors("Some fields are not valid", errors, len(found)), errors) from error


def _path(location: tuple[int | str, ...], body: object) -> str:
    """`items[0].quantity`; the whole body is `body`. pydantic's names of a union's choices are no part of it."""
    path, value = "", body
    for number, part in enumerate(location):
        match value:
            case list() if isinstance(part, int):
                value = value[part] if part < len(value) else None
            case dict() if part in value:
                value = value[part]
            case _ if number < len(location) - 1:
                continue
            case dict() if isinstance(part, str):
                part = camel(part)
        path += f"[{part}]" if isinstance(part, int) else f".{part}"
    return path.removeprefix(".") or "body"
