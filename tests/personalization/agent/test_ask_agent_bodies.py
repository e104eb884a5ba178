"""POST /agent: bodies that are refused."""

import json
from typing import Any

import pytest

from tests.personalization.agent.agent_api import (
    GOOD,
    AgentApi,
    ask,
    nothing_is_written,
    post,
    world,
)
from tests.shared.gateway_events import REQUEST_ID

__all__ = ["world"]

pytestmark = pytest.mark.usefixtures("edge")


def with_input(literal: str) -> str:
    """A good body whose input is this piece of JSON."""
    return f'{{"userId": "ada", "sessionId": "main", "input": {literal}}}'


@pytest.mark.parametrize(
    "body",
    [
        None,
        "",
        "{",
        "input=x",
        "{} {}",
        "\ufeff{}",
        "\ud800",
        with_input("NaN"),
        with_input("-Infinity"),
        with_input("9" * 5000),
        with_input(r'"\ud800"'),
        with_input('"x", "input": "y"'),
        with_input(r'"x", "\u0069nput": "y"'),
        with_input('"\x00"'),
        with_input("[" * 31 + "]" * 31 + ', "x": ' + "[" * 32 + "]" * 32),
        "[" * 30_000 + "]" * 30_000,
        '{"a":' * 13_000,
    ],
    ids=lambda body: repr(body)[:60],
)
def test_body_that_cannot_be_read_is_malformed(world: AgentApi, body: str | None) -> None:
    answer = post(body)

    assert answer.status == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json["instance"] == f"urn:request:{REQUEST_ID}"
    assert world.model.requests == []
    assert nothing_is_written(world)


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"input": ""}, ["input"]),
        ({"input": " \n\t\u3000"}, ["input"]),
        ({"input": "x" * 8001}, ["input"]),
        ({"input": "a\0b"}, ["input"]),
        ({"input": "a\x1b[2Jb"}, ["input"]),
        ({"input": "a\x7fb"}, ["input"]),
        ({"input": "a\x85b"}, ["input"]),
        ({"input": None}, ["input"]),
        ({"input": 7}, ["input"]),
        ({"input": True}, ["input"]),
        ({"input": ["x"]}, ["input"]),
        ({"input": {"text": "x"}}, ["input"]),
        ({"sessionId": ""}, ["sessionId"]),
        ({"sessionId": "a b"}, ["sessionId"]),
        ({"sessionId": "a\n"}, ["sessionId"]),
        ({"sessionId": "é"}, ["sessionId"]),
        ({"sessionId": "٣"}, ["sessionId"]),
        ({"sessionId": "a/../b"}, ["sessionId"]),
        ({"sessionId": "0" * 65}, ["sessionId"]),
        ({"sessionId": 1}, ["sessionId"]),
        ({"sessionId": None}, ["sessionId"]),
        ({"userId": ""}, ["userId"]),
        ({"userId": "u" * 129}, ["userId"]),
        ({"userId": None}, ["userId"]),
        ({"userId": ["ada"]}, ["userId"]),
        ({"admin": True}, ["admin"]),
        ({"user_id": "ada"}, ["user_id"]),
        ({"userId": 1, "sessionId": "", "input": ""}, ["userId", "input", "sessionId"]),
    ],
    ids=str,
)
def test_every_field_that_is_wrong_is_named(world: AgentApi, changes: dict[str, Any], fields: list[str]) -> None:
    answer = ask(**changes)

    assert answer.status == 422
    assert answer.fields == fields
    assert all(error["message"] for error in answer.json["errors"])
    assert world.model.requests == []
    assert nothing_is_written(world)


@pytest.mark.parametrize("missing", list(GOOD))
def test_every_field_that_is_missing_is_named(missing: str) -> None:
    answer = post(json.dumps({name: value for name, value in GOOD.items() if name != missing}))

    assert answer.status == 422
    assert answer.fields == [missing]


@pytest.mark.parametrize("body", ["[]", "null", '"text"', "7", "true", "[{}]"])
def test_body_must_be_an_object(body: str) -> None:
    answer = post(body)

    assert answer.status == 422
    assert answer.fields == ["body"]


@pytest.mark.parametrize("space", [" ", "\n"])
def test_body_of_more_than_100_kilobytes_is_too_large(world: AgentApi, space: str) -> None:
    body = json.dumps(GOOD)

    assert post(body + space * (100 * 1024 - len(body))).status == 200
    assert post(body + space * (100 * 1024 - len(body) + 1)).status == 413
    assert len(world.model.requests) == 1


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "", "multipart/form-data; boundary=x"])
def test_other_types_are_not_read(content_type: str) -> None:
    assert post(json.dumps(GOOD), headers={"Content-Type": content_type}).status == 415
    assert post(json.dumps(GOOD), headers={"Accept": "application/json"}).status == 415


def test_refusal_never_repeats_what_was_written() -> None:
    for changes in ({"input": "secret\0"}, {"sessionId": "secret secret"}, {"userId": ["secret"]}):
        assert "secret" not in json.dumps(ask(**changes).json)
