import base64
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest
from boto3.dynamodb.types import Binary, TypeDeserializer, TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from shared.dynamodb.attribute_values import plain, plain_item, typed, typed_item

texts = st.text(st.characters(codec="utf-8"), max_size=20)
wholes = st.integers(min_value=-(10**38) + 1, max_value=10**38 - 1)
fractions = st.decimals(min_value=Decimal("-1E+20"), max_value=Decimal("1E+20"), places=5)
leaves = (
    st.none()
    | st.booleans()
    | texts
    | wholes
    | fractions
    | st.binary(max_size=20)
    | st.frozensets(texts, min_size=1, max_size=4)
)
values = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4), max_leaves=12
)


def kinds(value: object) -> object:
    """The value with the type of each part: True is no 1."""
    if isinstance(value, list):
        return [kinds(each) for each in value]
    if isinstance(value, dict):
        return {name: kinds(each) for name, each in value.items()}
    whole = isinstance(value, Decimal) and value == value.to_integral_value()
    return int if whole else type(value), value


@given(values)
def test_what_is_written_is_read_back_with_its_types(value: Any) -> None:
    assert kinds(plain(typed(value))) == kinds(value)


@given(values)
def test_notation_is_the_one_of_boto3(value: Any) -> None:
    def comparable(written: Any) -> Any:
        """Base64 is what botocore makes of bytes later on; sets have no order."""
        (type_, content), *rest = written.items()
        assert not rest
        if type_ == "L":
            return type_, [comparable(each) for each in content]
        if type_ == "M":
            return type_, {name: comparable(each) for name, each in content.items()}
        return type_, set(content) if type_ == "SS" else content

    def with_base64(written: Any) -> Any:
        (type_, content), *_ = written.items()
        if type_ == "B":
            return {"B": base64.b64encode(bytes(content)).decode()}
        if type_ == "L":
            return {"L": [with_base64(each) for each in content]}
        if type_ == "M":
            return {"M": {name: with_base64(each) for name, each in content.items()}}
        return written

    theirs = with_base64(TypeSerializer().serialize(value))

    assert comparable(typed(value)) == comparable(theirs)


@given(values)
def test_values_read_equal_those_that_boto3_reads(value: Any) -> None:
    def unwrapped(read: Any) -> Any:
        if isinstance(read, Binary):
            return read.value  # type: ignore[attr-defined]  # the stubs do not know it
        if isinstance(read, list):
            return [unwrapped(each) for each in read]
        if isinstance(read, dict):
            return {name: unwrapped(each) for name, each in read.items()}
        return read

    assert plain(typed(value)) == unwrapped(TypeDeserializer().deserialize(TypeSerializer().serialize(value)))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ({"NS": ["1", "2.5"]}, frozenset({1, Decimal("2.5")})),
        ({"BS": ["YQ=="]}, frozenset({b"a"})),
        ({"N": "1E+2"}, 100),
        ({"N": "12345678901234567890123456789012345678"}, 12345678901234567890123456789012345678),
    ],
)
def test_what_others_have_written_is_read(written: Any, read: object) -> None:
    assert kinds(plain(written)) == kinds(read)


def test_member_of_an_enumeration_is_its_text() -> None:
    class Colour(StrEnum):
        RED = "red"

    assert typed(Colour.RED) == {"S": "red"}


@pytest.mark.parametrize(
    "value", [1.5, object(), frozenset({1}), {1: "x"}, [0.5], {"x": 2.0}, bytearray(b"x"), {"x", 1}]
)
def test_what_dynamodb_has_no_type_for_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        typed(value)


@pytest.mark.parametrize(
    "value",
    [frozenset(), 10**38 + 1, Decimal("NaN"), Decimal("Infinity"), Decimal("1E-200"), Decimal(10**38 + 1)],
    ids=str,
)
def test_what_a_type_cannot_hold_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="DynamoDB"):
        typed(value)


def test_absent_attributes_are_left_out_and_nested_ones_are_null() -> None:
    item = {"a": None, "b": {"c": None}}

    assert typed_item(item) == {"b": {"M": {"c": {"NULL": True}}}}
    assert plain_item(typed_item(item)) == {"b": {"c": None}}
