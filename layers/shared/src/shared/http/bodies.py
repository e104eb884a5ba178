"""Checks a request's body against its pydantic model, and says field by field what to correct."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from shared.errors import FieldError, Invalid
from shared.http.messages import message_of
from shared.money import CURRENCIES, MAX_MINOR_UNITS, Money


def _supported_currency(code: str) -> str:
    """In the function alone: the gateway would answer 400, as if the body could not be read."""
    if code not in CURRENCIES:
        raise ValueError("must be the ISO 4217 code of a currency in use")
    return code


class AmountOfMoney(BaseModel):
    """`{"amount": 1299, "currency": "GBP"}`: at least one minor unit, of a currency in use."""

    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)

    amount: Annotated[int, Field(ge=1, le=MAX_MINOR_UNITS)]
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$"), AfterValidator(_supported_currency)]

    def to_money(self) -> Money:
        return Money(self.amount, self.currency)


type MessageId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
"""What a client calls a message of its own, so that it can send it again."""

_MAX_ERRORS = 20  # a body can be wrong in as many places as it has bytes


def checked[M: BaseModel](model: type[M], body: object, max_errors: int = _MAX_ERRORS) -> M:
    """Raises Invalid, with every field that is wrong and never with its value."""
    try:
        return model.model_validate(body)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        errors = [FieldError(_path(each["loc"], body), message_of(each)) for each in found[:max_errors]]
        raise Invalid("The body is not valid: see errors.", errors) from error


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
        path += f"[{part}]" if isinstance(part, int) else f".{part}"
    return path.removeprefix(".") or "body"
