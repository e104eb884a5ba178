"""The subset of JSON Schema that checks may use, and validation with it.

There are no references, so the work is bounded by the sizes of schema and value. Unsupported keywords are refused when
a check is saved, instead of being ignored when it is run.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from shared.text.characters import clipped

MAX_SCHEMA_CHARACTERS = 10_000
MAX_DEPTH = 16

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
_SUPPORTED = (
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
"""Whether a pattern (first) matches somewhere in a text."""


def schema_errors(schema: object, pattern_error: Callable[[str], str | None]) -> tuple[str, ...]:
    """What is wrong with a schema, each with its path; empty if it can be used."""
    if len(json.dumps(schema)) > MAX_SCHEMA_CHARACTERS:
        return (f"must have at most {MAX_SCHEMA_CHARACTERS:,} characters",)
    return tuple(_schema_errors(schema, "", pattern_error, MAX_DEPTH))


def _schema_errors(schema: object, path: str, pattern_error: Callable[[str], str | None], depth: int) -> Iterator[str]:
    if isinstance(schema, bool):
        return
    if not isinstance(schema, dict):
        yield f"{path or 'the schema'}: must be an object, true or false"
        return
    if not depth:
        yield f"{path}: must not be nested more than {MAX_DEPTH} levels deep"
        return
    for word, value in schema.items():
        where = clipped(f"{path}.{word}".removeprefix("."))
        if word not in _SUPPORTED:
            yield f"{where}: is not supported: leave it out"
        elif (wrong := _wrong_value(word, value)) is not None:
            yield f"{where}: {wrong}"
        elif word == "pattern" and (why := pattern_error(value)) is not None:
            yield f"{where}: {why}"
    for where, inner in _inner_schemas(schema):
        yield from _schema_errors(inner, f"{path}.{where}".removeprefix("."), pattern_error, depth - 1)


def _wrong_value(word: str, value: object) -> str | None:
    if word == "type":
        names = value if isinstance(value, list) else [value]
        are_types = all(isinstance(name, str) and name in _TYPES for name in names)
        return None if names and are_types else "must name types of JSON"
    if word == "enum":
        return None if isinstance(value, list) and value else "must be an array of values"
    if word in _COUNTS:
        # by then it is a number, which mypy does not see
        return None if _TYPES["integer"](value) and value >= 0 else "must be a whole number, 0 or more"  # type: ignore[operator]
    if word in _BOUNDS:
        return None if _TYPES["number"](value) else "must be a number"
    if word in _BRANCHES:
        return None if isinstance(value, list) and value else "must be an array of schemas"
    if word == "properties":
        return None if isinstance(value, dict) else "must be an object of schemas"
    if word == "required":
        named = isinstance(value, list) and all(isinstance(name, str) for name in value)
        return None if named else "must be an array of names"
    if word == "uniqueItems":
        return None if isinstance(value, bool) else "must be true or false"
    if word == "pattern":
        return None if isinstance(value, str) else "must be a string"
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


def violations(schema: object, value: object, matches: Matching) -> tuple[str, ...]:
    """Where and how a value violates a valid schema; empty if it conforms."""
    return tuple(_violations(schema, value, "", matches))


def _violations(schema: object, value: Any, path: str, matches: Matching) -> Iterator[str]:
    here = path or "the value"
    if schema is False:
        yield f"{here} is not allowed"
    if not isinstance(schema, dict):
        return
    if "type" in schema:
        names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        if not any(_TYPES[name](value) for name in names):
            yield f"{here} is not of type {' or '.join(names)}"
            return
    if "enum" in schema and not any(_same(value, choice) for choice in schema["enum"]):
        yield f"{here} is not one of the allowed values"
    if "const" in schema and not _same(value, schema["const"]):
        yield f"{here} is not the required value"
    if isinstance(value, str):
        yield from _text_violations(schema, value, here, matches)
    elif isinstance(value, dict):
        yield from _object_violations(schema, value, path, matches)
    elif isinstance(value, list):
        yield from _array_violations(schema, value, path, matches)
    elif _TYPES["number"](value):
        yield from _number_violations(schema, value, here)
    yield from _branch_violations(schema, value, path, matches)


def _text_violations(schema: Mapping[str, Any], value: str, here: str, matches: Matching) -> Iterator[str]:
    yield from _count_violations(schema, len(value), "Length", "characters", here)
    if "pattern" in schema and not matches(schema["pattern"], value):
        yield f"{here} does not match its pattern"


def _count_violations(schema: Mapping[str, Any], count: int, of: str, unit: str, here: str) -> Iterator[str]:
    if count < schema.get(f"min{of}", 0):
        yield f"{here} has {count} {unit}; at least {schema[f'min{of}']} are required"
    if count > schema.get(f"max{of}", count):
        yield f"{here} has {count} {unit}; at most {schema[f'max{of}']} are allowed"


def _object_violations(
    schema: Mapping[str, Any], value: Mapping[str, Any], path: str, matches: Matching
) -> Iterator[str]:
    here = path or "the value"
    yield from _count_violations(schema, len(value), "Properties", "properties", here)
    yield from (f"{here} has no {name}" for name in schema.get("required", ()) if name not in value)
    properties: Mapping[str, object] = schema.get("properties", {})
    for name, inner in value.items():
        where = f"{path}.{name}".removeprefix(".")
        if name in properties:
            yield from _violations(properties[name], inner, where, matches)
        elif "additionalProperties" in schema:
            yield from _violations(schema["additionalProperties"], inner, where, matches)


def _array_violations(schema: Mapping[str, Any], value: Sequence[Any], path: str, matches: Matching) -> Iterator[str]:
    here = path or "the value"
    yield from _count_violations(schema, len(value), "Items", "items", here)
    if schema.get("uniqueItems") and len({_canonical(item) for item in value}) < len(value):
        yield f"{here} has equal items"
    if "items" in schema:
        for number, item in enumerate(value):
            yield from _violations(schema["items"], item, f"{path}[{number}]", matches)


def _number_violations(schema: Mapping[str, Any], value: float, here: str) -> Iterator[str]:
    too_small = value < schema.get("minimum", value) or value <= schema.get("exclusiveMinimum", value - 1)
    too_large = value > schema.get("maximum", value) or value >= schema.get("exclusiveMaximum", value + 1)
    if too_small or too_large:
        yield f"{here} is {value}, which is out of range"


def _branch_violations(schema: Mapping[str, Any], value: Any, path: str, matches: Matching) -> Iterator[str]:
    here = path or "the value"

    def fits(branch: object) -> bool:
        return next(_violations(branch, value, path, matches), None) is None

    for branch in schema.get("allOf", ()):
        yield from _violations(branch, value, path, matches)
    if "anyOf" in schema and not any(fits(branch) for branch in schema["anyOf"]):
        yield f"{here} matches none of the alternatives"
    if "oneOf" in schema and (fitting := sum(fits(branch) for branch in schema["oneOf"])) != 1:
        yield f"{here} matches {fitting} of the alternatives instead of one"
    if "not" in schema and fits(schema["not"]):
        yield f"{here} matches what is excluded"


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
