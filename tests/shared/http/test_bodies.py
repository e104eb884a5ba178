import json
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from shared.errors import Invalid
from shared.http.bodies import checked
from shared.json.encoding import camel


def _listed(name: str) -> str:
    if name == "unknown":
        raise ValueError("must be a product of ours")
    return name


class Line(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=camel)

    product_id: Annotated[str, AfterValidator(_listed)]
    quantity: Annotated[int, Field(ge=1, le=99)]


class Order(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=camel)

    user_id: str
    items: Annotated[list[Line], Field(min_length=1)]
    gift_notes: dict[str, str] = {}


GOOD: dict[str, Any] = {"userId": "ada", "items": [{"productId": "p1", "quantity": 2}]}


def refusal_of(body: object) -> Invalid:
    with pytest.raises(Invalid) as refusal:
        checked(Order, body)
    return refusal.value


def fields_of(body: object) -> list[str]:
    return [error.field for error in refusal_of(body).errors]


def test_good_body_becomes_its_model() -> None:
    order = checked(Order, GOOD)

    assert order.user_id == "ada"
    assert [(line.product_id, line.quantity) for line in order.items] == [("p1", 2)]


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"items": GOOD["items"]}, ["userId"]),
        ({}, ["userId", "items"]),
        (GOOD | {"userId": 7}, ["userId"]),
        (GOOD | {"userId": None}, ["userId"]),
        (GOOD | {"items": []}, ["items"]),
        (GOOD | {"items": {"0": {}}}, ["items"]),
        (GOOD | {"items": [*GOOD["items"], {"productId": "p2", "quantity": 0}]}, ["items[1].quantity"]),
        (GOOD | {"items": [{"productId": "p2", "quantity": "2"}]}, ["items[0].quantity"]),
        (GOOD | {"items": [{"productId": "p2", "quantity": True}]}, ["items[0].quantity"]),
        (GOOD | {"items": [{"productId": "p2", "quantity": 2.0}]}, ["items[0].quantity"]),
        (GOOD | {"items": [{}, 7]}, ["items[0].productId", "items[0].quantity", "items[1]"]),
        (GOOD | {"giftNotes": {"p1": 7}}, ["giftNotes.p1"]),
        (GOOD | {"admin": True}, ["admin"]),
        (GOOD | {"user_id": "bob"}, ["user_id"]),
    ],
)
def test_every_wrong_field_is_named_by_its_path_on_the_wire(body: object, fields: list[str]) -> None:
    assert fields_of(body) == fields


@pytest.mark.parametrize("body", [None, [], "text", 7, True, [GOOD]])
def test_what_is_no_object_is_wrong_as_a_whole(body: object) -> None:
    assert fields_of(body) == ["body"]


def test_rule_of_our_own_is_reported_in_its_own_words() -> None:
    [error] = refusal_of(GOOD | {"items": [{"productId": "unknown", "quantity": 1}]}).errors

    assert error.field == "items[0].productId"
    assert error.message == "must be a product of ours"


def test_refusal_points_to_its_errors() -> None:
    assert "errors" in refusal_of({}).detail


@given(
    st.sampled_from(["userId", "items", "giftNotes"]),
    st.integers(10**9) | st.lists(st.just("hunter2"), min_size=1) | st.just({"x": {"y": "hunter2"}}),
)
def test_refusal_never_repeats_a_value(field: str, value: object) -> None:
    refusal = refusal_of(GOOD | {field: value})

    text = refusal.detail + "".join(error.message for error in refusal.errors)
    assert "hunter2" not in text
    assert str(value) not in text


def test_refusal_is_short_however_much_is_wrong() -> None:
    class Body(BaseModel, extra="forbid"):
        name: str

    with pytest.raises(Invalid) as refusal:
        checked(Body, {f"{'x' * 100}{n}": 1 for n in range(20_000)})
    assert len(json.dumps([error.field for error in refusal.value.errors])) < 100_000
    assert refusal.value.detail == "Some fields are not valid: see errors, the first 20 of 20,001."
