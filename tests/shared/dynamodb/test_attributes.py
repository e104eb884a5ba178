from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pynamodb.attributes import Attribute

from shared.dynamodb.attributes import (
    DocumentAttribute,
    DocumentsAttribute,
    IntegerAttribute,
    MomentAttribute,
    SecondsAttribute,
    TextsAttribute,
)

texts = st.text(st.characters(codec="utf-8"), max_size=20)
wholes = st.integers(min_value=-(10**38) + 1, max_value=10**38 - 1)
fractions = st.floats(min_value=-1e20, max_value=1e20).filter(lambda number: number == 0 or abs(number) > 1e-100)
leaves = st.none() | st.booleans() | texts | wholes | fractions
documents = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4), max_leaves=12
)


def kinds(value: object) -> object:
    """The value with the type of each part: True is no 1."""
    if isinstance(value, list):
        return [kinds(each) for each in value]
    if isinstance(value, dict):
        return {name: kinds(each) for name, each in value.items()}
    whole = isinstance(value, float) and value.is_integer()
    return int if whole else type(value), value


def read_back(attribute: Attribute[Any], value: object) -> Any:
    return attribute.deserialize(attribute.serialize(value))


@given(st.dictionaries(texts, documents, max_size=4), st.lists(documents, max_size=4))
def test_document_is_read_as_it_was_written(document: dict[str, Any], elements: list[Any]) -> None:
    assert kinds(read_back(DocumentAttribute(), document)) == kinds(document)
    assert kinds(read_back(DocumentsAttribute(), elements)) == kinds(elements)


@given(wholes)
def test_whole_number_is_read_as_it_was_written(number: int) -> None:
    assert kinds(read_back(IntegerAttribute(), number)) == (int, number)


@given(st.lists(texts).map(tuple))
def test_texts_are_read_as_they_were_written(several: tuple[str, ...]) -> None:
    assert read_back(TextsAttribute(), several) == several


def test_times_are_written_in_utc() -> None:
    at = datetime(2026, 2, 3, 5, 5, 6, 789_999, timezone(timedelta(hours=1)))

    assert MomentAttribute().serialize(at) == "2026-02-03T04:05:06.789Z"
    assert read_back(MomentAttribute(), at) == datetime(2026, 2, 3, 4, 5, 6, 789_000, UTC)
    assert SecondsAttribute().serialize(at) == "1770091506"
    assert read_back(SecondsAttribute(), at) == datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)


def test_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        MomentAttribute().serialize(datetime(2026, 2, 3))  # noqa: DTZ001  the point


@pytest.mark.parametrize(
    ("written", "read"),
    [("1E+2", 100), ("100.0", 100), ("12345678901234567890123456789012345678", 12345678901234567890123456789012345678)],
)
def test_numbers_that_others_have_written_are_read(written: str, read: int) -> None:
    assert IntegerAttribute().deserialize(written) == read


def test_fraction_is_no_whole_number() -> None:
    for fraction in (2.7, 2.0, "2"):
        with pytest.raises(TypeError):
            IntegerAttribute().serialize(fraction)  # type: ignore[arg-type]  # the point
    with pytest.raises(ValueError, match=r"2\.5"):
        IntegerAttribute().deserialize("2.5")


@pytest.mark.parametrize("number", [10**38, -(10**38), 10**5000], ids=["positive", "negative", "huge"])
def test_number_that_dynamodb_cannot_hold_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="38 digits"):
        IntegerAttribute().serialize(number)
    with pytest.raises(ArithmeticError):
        DocumentAttribute().serialize({"x": number * 10 + 1})


def test_truth_is_no_number_and_member_of_an_enumeration_is_its_text() -> None:
    class Colour(StrEnum):
        RED = "red"

    assert IntegerAttribute().serialize(True) == "1"
    assert DocumentAttribute().serialize({"a": True, "b": Colour.RED}) == {"a": {"BOOL": True}, "b": {"S": "red"}}
    assert TextsAttribute().serialize((Colour.RED,)) == [{"S": "red"}]


@pytest.mark.parametrize(
    "value",
    [object(), {1: "x"}, {None: "x"}, frozenset({"x"}), b"x", float("nan"), float("inf"), [object()], {"x": {1: 2}}],
    ids=["object", "number's name", "no name", "set", "bytes", "NaN", "infinity", "within a list", "within a map"],
)
def test_what_json_does_not_have_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        DocumentAttribute().serialize({"x": value})
    with pytest.raises(TypeError):
        DocumentsAttribute().serialize([value])
