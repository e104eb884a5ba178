"""Checks a request's body against its pydantic model, and tells what to mend field by field."""

from pydantic import BaseModel, ValidationError

from shared.errors import FieldError, Invalid

_MOST_ERRORS = 20  # a body can be wrong in as many places as it has bytes


def checked[M: BaseModel](model: type[M], body: object) -> M:
    """Raises Invalid, with every field that is wrong and never with its value."""
    try:
        return model.model_validate(body)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        errors = [FieldError(_path(e["loc"]), e["msg"].removeprefix("Value error, ")) for e in found[:_MOST_ERRORS]]
        raise Invalid("The body does not mean what it should: see errors.", errors) from error


def _path(location: tuple[int | str, ...]) -> str:
    """`items[0].quantity`; the whole body is `body`."""
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return path.removeprefix(".") or "body"
