"""The part of JSON Schema that checks may use, and whether a value fits.

There are no references, so the work is bounded by the sizes of schema and value; what is not known is refused when the
check is saved, and not passed over when it counts.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

MOST_SCHEMA_CHARACTERS = 10_000
DEEPEST = 16

_ANNOTATIONS = frozenset({"$schema", "$id", "$comment", "title", "description", "default", "examples", "format"})
_TYPES: Mapping[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "integer": lambda value: (
        not isinstance(value, bool) and (isinstance(value, int) or (isinstance(value, float) and value.is_integer()))
    ),
}
_COUNTS = frozenset({"minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"})
_BOUNDS = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"})
_BRANCHES = frozenset({"allOf", "anyOf", "oneOf"})
_KNOWN = (
    _ANNOTATIONS
    | _COUNTS
    | _BOUNDS
    | _BRANCHES
    | {
        "type",
        "enum",
        "const",
        "properties",
        "required",
        "additionalProperties",
        "items",
        "uniqueItems",
        "pattern",
        "not",
    }
)

type Matching = Callable[[str, str], bool]
"""Whether a pattern (first) is found in a text."""


def refusals(schema: object, why_no_pattern: Callable[[str], str | None]) -> tuple[str, ...]:
    """What is wrong with a schema, each with its path; nothing where it can be used."""
    if len(json.dumps(schema)) > MOST_SCHEMA_CHARACTERS:
        return (f"has more than {MOST_SCHEMA_CHARACTERS} characters",)
    return tuple(_refusals(schema, "", why_no_pattern, DEEPEST))


def _refusals(schema: object, path: str, why_no_pattern: Callable[[str], str | None], depth: int) -> Iterator[str]:
    if isinstance(schema, bool):
        return
    if not isinstance(schema, dict):
        yield f"{path or 'the schema'}: is an object, true or false"
        return
    if not depth:
        yield f"{path}: is nested deeper than {DEEPEST}"
        return
    for word, value in schema.items():
        where = f"{path}.{word}".removeprefix(".")
        if word not in _KNOWN:
            yield f"{where}: is not known here"
        elif (wrong := _wrong_value(word, value)) is not None:
            yield f"{where}: {wrong}"
        elif word == "pattern" and (why := why_no_pattern(value)) is not None:
            yield f"{where}: {why}"
    for where, inner in _inner_schemas(schema):
        yield from _refusals(inner, f"{path}.{where}".removeprefix("."), why_no_pattern, depth - 1)


def _wrong_value(word: str, value: object) -> str | None:
    if word == "type":
        names = value if isinstance(value, list) else [value]
        known = all(isinstance(name, str) and name in _TYPES for name in names)
        return None if names and known else "names the types of JSON"
    if word == "enum":
        return None if isinstance(value, list) and value else "is a list of values"
    if word in _COUNTS:
        return None if _TYPES["integer"](value) and value >= 0 else "is a whole number from 0"  # type: ignore[operator]
    if word in _BOUNDS:
        return None if _TYPES["number"](value) else "is a number"
    if word in _BRANCHES:
        return None if isinstance(value, list) and value else "is a list of schemas"
    if word == "properties":
        return None if isinstance(value, dict) else "is an object of schemas"
    if word == "required":
        named = isinstance(value, list) and all(isinstance(name, str) for name in value)
        return None if named else "is a list of names"
    if word == "uniqueItems":
        return None if isinstance(value, bool) else "is true or false"
    if word == "pattern":
        return None if isinstance(value, str) else "is text"
    return None


def _inner_schemas(schema: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    for word in ("items", "additionalProperties", "not"):
        if word in schema:
            yield word, schema[word]
    for word in sorted(_BRANCHES):
        if isinstance(branches := schema.get(word), list):
            yield from ((f"{word}[{number}]", branch) for number, branch in enumerate(branches))
    if isinstance(properties := schema.get("properties"), dict):
        yield from ((f"properties.{name}", inner) for name, inner in properties.items())


def misfits(schema: object, value: object, is_in: Matching) -> tuple[str, ...]:
    """Where and how a value does not fit a schema that has no refusals; nothing where it fits."""
    return tuple(_misfits(schema, value, "", is_in))


def _misfits(schema: object, value: Any, path: str, is_in: Matching) -> Iterator[str]:
    here = path or "the value"
    if schema is False:
        yield f"{here} may not be there"
    if not isinstance(schema, dict):
        return
    if "type" in schema:
        names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        if not any(_TYPES[name](value) for name in names):
            yield f"{here} is no {' or '.join(names)}"
            return
    if "enum" in schema and not any(_same(value, choice) for choice in schema["enum"]):
        yield f"{here} is none of the values allowed"
    if "const" in schema and not _same(value, schema["const"]):
        yield f"{here} is not the value wanted"
    if isinstance(value, str):
        yield from _text_misfits(schema, value, here, is_in)
    elif isinstance(value, dict):
        yield from _object_misfits(schema, value, path, is_in)
    elif isinstance(value, list):
        yield from _list_misfits(schema, value, path, is_in)
    elif _TYPES["number"](value):
        yield from _number_misfits(schema, value, here)
    yield from _branch_misfits(schema, value, path, is_in)


def _text_misfits(schema: Mapping[str, Any], value: str, here: str, is_in: Matching) -> Iterator[str]:
    yield from _count_misfits(schema, len(value), "Length", "characters", here)
    if "pattern" in schema and not is_in(schema["pattern"], value):
        yield f"{here} does not match its pattern"


def _count_misfits(schema: Mapping[str, Any], count: int, of: str, unit: str, here: str) -> Iterator[str]:
    if count < schema.get(f"min{of}", 0):
        yield f"{here} has {count} {unit}, at least {schema[f'min{of}']} are wanted"
    if count > schema.get(f"max{of}", count):
        yield f"{here} has {count} {unit}, {schema[f'max{of}']} are allowed"


def _object_misfits(schema: Mapping[str, Any], value: Mapping[str, Any], path: str, is_in: Matching) -> Iterator[str]:
    here = path or "the value"
    yield from _count_misfits(schema, len(value), "Properties", "properties", here)
    yield from (f"{here} has no {name}" for name in schema.get("required", ()) if name not in value)
    properties: Mapping[str, object] = schema.get("properties", {})
    for name, inner in value.items():
        where = f"{path}.{name}".removeprefix(".")
        if name in properties:
            yield from _misfits(properties[name], inner, where, is_in)
        elif "additionalProperties" in schema:
            yield from _misfits(schema["additionalProperties"], inner, where, is_in)


def _list_misfits(schema: Mapping[str, Any], value: Sequence[Any], path: str, is_in: Matching) -> Iterator[str]:
    here = path or "the value"
    yield from _count_misfits(schema, len(value), "Items", "items", here)
    if schema.get("uniqueItems") and len({_canonical(item) for item in value}) < len(value):
        yield f"{here} names something twice"
    if "items" in schema:
        for number, item in enumerate(value):
            yield from _misfits(schema["items"], item, f"{path}[{number}]", is_in)


def _number_misfits(schema: Mapping[str, Any], value: float, here: str) -> Iterator[str]:
    too_small = value < schema.get("minimum", value) or value <= schema.get("exclusiveMinimum", value - 1)
    too_large = value > schema.get("maximum", value) or value >= schema.get("exclusiveMaximum", value + 1)
    if too_small or too_large:
        yield f"{here} is {value}, out of its range"


def _branch_misfits(schema: Mapping[str, Any], value: Any, path: str, is_in: Matching) -> Iterator[str]:
    here = path or "the value"

    def fits(branch: object) -> bool:
        return next(_misfits(branch, value, path, is_in), None) is None

    for branch in schema.get("allOf", ()):
        yield from _misfits(branch, value, path, is_in)
    if "anyOf" in schema and not any(fits(branch) for branch in schema["anyOf"]):
        yield f"{here} fits none of its alternatives"
    if "oneOf" in schema and (fitting := sum(fits(branch) for branch in schema["oneOf"])) != 1:
        yield f"{here} fits {fitting} of its alternatives, not one"
    if "not" in schema and fits(schema["not"]):
        yield f"{here} is what it may not be"


def _same(left: object, right: object) -> bool:
    return _canonical(left) == _canonical(right)


def _canonical(value: object) -> str:
    """Equal for equal JSON: 1 and 1.0 are one number, true and 1 are not."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(name)}:{_canonical(value[name])}" for name in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_canonical(item) for item in value) + "]"
    return json.dumps(value)
