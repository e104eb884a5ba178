"""Checks a request's body against its pydantic model, and tells what to mend field by field."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from shared.errors import FieldError, Invalid
from shared.money import CURRENCIES, MOST_MINOR_UNITS, Money


def _known_currency(code: str) -> str:
    """In the function alone: the gateway would answer 400, as if the body could not be read."""
    if code not in CURRENCIES:
        raise ValueError("is not the code of a currency in use (ISO 4217)")
    return code


class AmountOfMoney(BaseModel):
    """`{"amount": 1299, "currency": "GBP"}`: at least one minor unit, of a currency in use."""

    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)

    amount: Annotated[int, Field(ge=1, le=MOST_MINOR_UNITS)]
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$"), AfterValidator(_known_currency)]

    def to_money(self) -> Money:
        return Money(self.amount, self.currency)


type MessageId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
"""What a client calls a message of its own, so that it can send it again."""

_MOST_ERRORS = 20  # a body can be wrong in as many places as it has bytes


def checked[M: BaseModel](model: type[M], body: object, most_errors: int = _MOST_ERRORS) -> M:
    """Raises Invalid, with every field that is wrong and never with its value."""
    try:
        return model.model_validate(body)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        errors = [FieldError(_path(e["loc"]), e["msg"].removeprefix("Value error, ")) for e in found[:most_errors]]
        raise Invalid("The body does not mean what it should: see errors.", errors) from error


def _path(location: tuple[int | str, ...]) -> str:
    """`items[0].quantity`; the whole body is `body`."""
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return path.removeprefix(".") or "body"
