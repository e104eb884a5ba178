"""What clients read about the fields of a body."""

from typing import Annotated, Any, Literal

import pytest
from pydantic import Field

from shared.errors import Invalid
from shared.http.fields import Body, Moment
from shared.http.forms import Form


class Small(Body):
    kind: Literal["small"]
    size: Annotated[int, Field(ge=1, le=9)]


class Large(Body):
    kind: Literal["large"]
    ratio: Annotated[float, Field(gt=0, lt=1)]


class Example(Body):
    name: Annotated[str, Field(min_length=1, max_length=5)] = "x"
    code: Annotated[str, Form("[A-Z]{2,3}", "two or three capitals")] = "ABC"
    colour: Literal["red", "dark-blue"] = "red"
    long: Annotated[str, Field(min_length=2, max_length=1000)] = "xx"
    large: Annotated[int, Field(le=5_000_000)] = 1
    is_gift: bool = False
    tags: Annotated[list[str], Field(min_length=1, max_length=2)] = ["x"]  # noqa: RUF012  pydantic copies a default
    notes: Annotated[dict[str, str], Field(max_length=1)] = {}  # noqa: RUF012  pydantic copies a default
    starts_at: Moment | None = None
    parts: list[Annotated[Small | Large, Field(discriminator="kind")]] = []  # noqa: RUF012  pydantic copies a default
    needed: int


@pytest.mark.parametrize(
    ("body", "field", "message"),
    [
        ({}, "needed", "is required"),
        ({"needed": "7"}, "needed", "must be a whole number"),
        ({"needed": 7.5}, "needed", "must be a whole number"),
        ({"needed": None}, "needed", "must be a whole number"),
        ({"admin": 1}, "admin", "is not a field of this request: leave it out"),
        ({"name": 7}, "name", "must be a string"),
        ({"name": ""}, "name", "must not be empty"),
        ({"name": "secret"}, "name", "must have at most 5 characters"),
        ({"code": "A"}, "code", "must be two or three capitals"),
        ({"code": "ABC\n"}, "code", "must be two or three capitals"),
        ({"code": "ABCD"}, "code", "must be two or three capitals"),
        ({"code": 7}, "code", "must be two or three capitals"),
        ({"colour": "secret"}, "colour", "must be one of red, dark-blue"),
        ({"long": "secret" * 200}, "long", "must have at most 1,000 characters"),
        ({"long": "x"}, "long", "must have at least 2 characters"),
        ({"large": 10**12}, "large", "must be at most 5,000,000"),
        ({"isGift": 1}, "isGift", "must be true or false"),
        ({"tags": "secret"}, "tags", "must be an array"),
        ({"tags": []}, "tags", "must not be empty"),
        ({"tags": ["a", "b", "c"]}, "tags", "must have at most 2 items"),
        ({"notes": {"a": "x", "b": "y"}}, "notes", "must have at most 1 field"),
        ({"notes": []}, "notes", "must be an object"),
        ({"startsAt": "secret"}, "startsAt", "must be a date and time with its zone, such as 2026-02-03T04:05:06Z"),
        ({"startsAt": "2026-02-03"}, "startsAt", "must have a time zone, as in 2026-02-03T04:05:06Z"),
        ({"startsAt": 7}, "startsAt", "must be a date and time with its zone, such as 2026-02-03T04:05:06Z"),
        ({"parts": [7]}, "parts[0]", "must be an object"),
        ({"parts": [{}]}, "parts[0].kind", "is required"),
        ({"parts": [{"kind": "secret"}]}, "parts[0].kind", "must be one of small, large"),
        ({"parts": [{"kind": ["secret"]}]}, "parts[0].kind", "must be one of small, large"),
        ({"parts": [{"kind": "small"}]}, "parts[0].size", "is required"),
        ({"parts": [{"kind": "small", "size": 0}]}, "parts[0].size", "must be at least 1"),
        ({"parts": [{"kind": "small", "size": 10}]}, "parts[0].size", "must be at most 9"),
        ({"parts": [{"kind": "large", "ratio": 0}]}, "parts[0].ratio", "must be greater than 0"),
        ({"parts": [{"kind": "large", "ratio": 1.5}]}, "parts[0].ratio", "must be less than 1"),
        ({"parts": [{"kind": "large", "ratio": float("inf")}]}, "parts[0].ratio", "must be less than 1"),
    ],
)
def test_message_says_what_is_wrong_and_what_to_send_instead(body: dict[str, Any], field: str, message: str) -> None:
    with pytest.raises(Invalid) as refusal:
        Example.from_json({"needed": 1} | body if "needed" in body or body else body)

    assert [(error.field, error.message) for error in refusal.value.errors] == [(field, message)]
    assert "secret" not in refusal.value.detail + message
