"""What GET gives, PUT takes: a resource may be sent back as it was received.

Fields of the answer that the body does not have are read-only. In a body they are ignored, except those that the path
has too, which have to be the same.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import TYPE_CHECKING

from shared.errors import FieldError, Invalid, see_errors
from shared.http.contract import Route
from shared.json.encoding import camel

if TYPE_CHECKING:
    from shared.http.fields import Body


def read_only_fields(route: Route) -> frozenset[str]:
    """Of a PUT that answers with what it replaces: none if the body has fields of its own, such as a cart line's."""
    if route.method != "PUT" or route.body is None:
        return frozenset()
    return _besides(route.body, next(iter(route.answers.values())))


def settable(value: object, route: Route, path: Mapping[str, str]) -> object:
    """A JSON body without the route's read-only fields. Raises Invalid for one that contradicts the path."""
    read_only = read_only_fields(route)
    if not isinstance(value, dict) or not read_only:
        return value
    errors = [
        FieldError(name, f"must be the {name} of the path")
        for name in sorted(read_only & value.keys() & path.keys())
        if value[name] != path[name]
    ]
    if errors:
        raise Invalid(see_errors("Some fields are not valid", errors, len(errors)), errors)
    return {name: each for name, each in value.items() if name not in read_only}


@cache
def _besides(body: "type[Body]", answer: object) -> frozenset[str]:
    if not is_dataclass(answer):
        return frozenset()
    answered = {camel(field.name) for field in fields(answer)}
    taken = {field.alias or name for name, field in body.model_fields.items()}
    return frozenset(answered - taken) if taken <= answered else frozenset()
