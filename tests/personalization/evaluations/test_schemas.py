"""The part of JSON Schema that checks use says what the whole of it says."""

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from personalization.evaluations.domain.schemas import MAX_SCHEMA_CHARACTERS, schema_errors, violations
from tests.personalization.evaluations.fakes import FakePatterns

PATTERNS = FakePatterns()

scalars = (
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from([0.5, 1.0, -2.0]) | st.text("ab1", max_size=4)
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("xy", max_size=2), inner, max_size=3)
)
types = st.sampled_from(["object", "array", "string", "number", "integer", "boolean", "null"])


def optional(**words: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=words)


counts = st.integers(0, 3)
leaves = optional(
    type=types | st.lists(types, min_size=1, max_size=2, unique=True),
    enum=st.lists(scalars, min_size=1, max_size=3),
    const=values,
    minLength=counts,
    maxLength=counts,
    pattern=st.sampled_from(["^a", "b+1?$", "[ab]{2}"]),
    minimum=st.integers(-3, 3),
    maximum=st.integers(-3, 3),
    exclusiveMinimum=st.integers(-3, 3),
    exclusiveMaximum=st.sampled_from([0, 0.5, 2]),
    minItems=counts,
    maxItems=counts,
    uniqueItems=st.booleans(),
    minProperties=counts,
    maxProperties=counts,
    required=st.lists(st.text("xy", max_size=2), max_size=2, unique=True),
)
schemas = st.recursive(
    leaves | st.booleans(),
    lambda inner: st.builds(
        lambda leaf, more: {**leaf, **more},
        leaves,
        optional(
            properties=st.dictionaries(st.text("xy", max_size=2), inner, max_size=2),
            additionalProperties=inner,
            items=inner,
            allOf=st.lists(inner, min_size=1, max_size=2),
            anyOf=st.lists(inner, min_size=1, max_size=2),
            oneOf=st.lists(inner, min_size=1, max_size=2),
            **{"not": inner},
        ),
    ),
    max_leaves=6,
)


@given(schemas, values)
def test_it_says_what_a_full_validator_says(schema: Any, value: Any) -> None:
    assert schema_errors(schema, PATTERNS.error) == ()
    fits = jsonschema.Draft202012Validator(schema).is_valid(value)
    assert (violations(schema, value, PATTERNS.matches) == ()) is fits


@pytest.mark.parametrize(
    ("schema", "refusal"),
    [
        ({"$ref": "#"}, "$ref: is not supported: leave it out"),
        ({"properties": {"a": {"$dynamicRef": "#"}}}, "properties.a.$dynamicRef: is not supported: leave it out"),
        ({"items": {"patternProperties": {}}}, "items.patternProperties: is not supported: leave it out"),
        ({"anyOf": [{}, {"format!": 1}]}, "anyOf[1].format!: is not supported: leave it out"),
        ({"type": "text"}, "type: must name types of JSON"),
        ({"type": []}, "type: must name types of JSON"),
        ({"enum": []}, "enum: must be an array of values"),
        ({"minLength": -1}, "minLength: must be a whole number, 0 or more"),
        ({"minLength": "3"}, "minLength: must be a whole number, 0 or more"),
        ({"maximum": True}, "maximum: must be a number"),
        ({"anyOf": {}}, "anyOf: must be an array of schemas"),
        ({"properties": []}, "properties: must be an object of schemas"),
        ({"required": "a"}, "required: must be an array of names"),
        ({"uniqueItems": 1}, "uniqueItems: must be true or false"),
        ({"pattern": 3}, "pattern: must be a string"),
        ({"items": 3}, "items: must be an object, true or false"),
        ([], "the schema: must be an object, true or false"),
    ],
)
def test_unknown_keyword_is_refused_by_its_path(schema: object, refusal: str) -> None:
    assert schema_errors(schema, PATTERNS.error) == (refusal,)


def test_a_pattern_that_is_none_is_refused() -> None:
    (refusal,) = schema_errors({"items": {"pattern": "("}}, PATTERNS.error)
    assert refusal.startswith("items.pattern: ")


def test_large_and_deep_schemas_are_refused() -> None:
    assert schema_errors({"const": "x" * MAX_SCHEMA_CHARACTERS}, PATTERNS.error) == (
        "must have at most 10,000 characters",
    )
    deep: dict[str, Any] = {}
    for _ in range(20):
        deep = {"not": deep}
    (refusal,) = schema_errors(deep, PATTERNS.error)
    assert refusal.endswith("must not be nested more than 16 levels deep")


def test_annotations_are_no_demands() -> None:
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A", "format": "date-time"}
    assert schema_errors(schema, PATTERNS.error) == ()
    assert violations(schema, "no date", PATTERNS.matches) == ()


def test_a_misfit_is_reported_by_its_path() -> None:
    schema = {"properties": {"points": {"items": {"type": "string"}}}, "additionalProperties": False}
    value = json.loads('{"points": ["one", 2], "more": 1}')
    assert violations(schema, value, PATTERNS.matches) == ("points[1] is not of type string", "more is not allowed")
