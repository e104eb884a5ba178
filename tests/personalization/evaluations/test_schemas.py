"""The part of JSON Schema that checks use says what the whole of it says."""

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from personalization.evaluations.domain.schemas import MOST_SCHEMA_CHARACTERS, misfits, refusals
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
    assert refusals(schema, PATTERNS.refusal) == ()
    fits = jsonschema.Draft202012Validator(schema).is_valid(value)
    assert (misfits(schema, value, PATTERNS.is_in) == ()) is fits


@pytest.mark.parametrize(
    ("schema", "refusal"),
    [
        ({"$ref": "#"}, "$ref: is not known here"),
        ({"properties": {"a": {"$dynamicRef": "#"}}}, "properties.a.$dynamicRef: is not known here"),
        ({"items": {"patternProperties": {}}}, "items.patternProperties: is not known here"),
        ({"anyOf": [{}, {"format!": 1}]}, "anyOf[1].format!: is not known here"),
        ({"type": "text"}, "type: names the types of JSON"),
        ({"type": []}, "type: names the types of JSON"),
        ({"enum": []}, "enum: is a list of values"),
        ({"minLength": -1}, "minLength: is a whole number from 0"),
        ({"minLength": "3"}, "minLength: is a whole number from 0"),
        ({"maximum": True}, "maximum: is a number"),
        ({"anyOf": {}}, "anyOf: is a list of schemas"),
        ({"properties": []}, "properties: is an object of schemas"),
        ({"required": "a"}, "required: is a list of names"),
        ({"uniqueItems": 1}, "uniqueItems: is true or false"),
        ({"pattern": 3}, "pattern: is text"),
        ({"items": 3}, "items: is an object, true or false"),
        ([], "the schema: is an object, true or false"),
    ],
)
def test_what_is_not_known_is_refused_by_its_path(schema: object, refusal: str) -> None:
    assert refusals(schema, PATTERNS.refusal) == (refusal,)


def test_a_pattern_that_is_none_is_refused() -> None:
    (refusal,) = refusals({"items": {"pattern": "("}}, PATTERNS.refusal)
    assert refusal.startswith("items.pattern: ")


def test_large_and_deep_schemas_are_refused() -> None:
    assert refusals({"const": "x" * MOST_SCHEMA_CHARACTERS}, PATTERNS.refusal) == ("has more than 10000 characters",)
    deep: dict[str, Any] = {}
    for _ in range(20):
        deep = {"not": deep}
    (refusal,) = refusals(deep, PATTERNS.refusal)
    assert refusal.endswith("is nested deeper than 16")


def test_annotations_are_no_demands() -> None:
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A", "format": "date-time"}
    assert refusals(schema, PATTERNS.refusal) == ()
    assert misfits(schema, "no date", PATTERNS.is_in) == ()


def test_a_misfit_is_told_by_its_path() -> None:
    schema = {"properties": {"points": {"items": {"type": "string"}}}, "additionalProperties": False}
    value = json.loads('{"points": ["one", 2], "more": 1}')
    assert misfits(schema, value, PATTERNS.is_in) == ("points[1] is no string", "more may not be there")
