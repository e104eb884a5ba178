from collections.abc import Callable
from enum import StrEnum
from http import HTTPStatus
from typing import Any

import pytest

from shared.errors import Invalid, Malformed
from shared.http.routes import Request, Response
from tests.shared.gateway_events import access_claims, http_api_event, rest_event
from tests.shared.http_answers import answer_to

pytestmark = pytest.mark.usefixtures("edge")


def test_query_parameter_is_given_as_it_was_sent() -> None:
    answer = answer_to(lambda request: Response(request.query("q")), rest_event(query={"q": " Zoë & 山田 "}))

    assert answer["json"] == " Zoë & 山田 "


def test_query_parameter_is_found_where_only_single_values_are_given() -> None:
    event = rest_event() | {"queryStringParameters": {"q": "a"}, "multiValueQueryStringParameters": None}

    assert answer_to(lambda request: Response(request.query("q")), event)["json"] == "a"


@pytest.mark.parametrize(
    "query",
    [
        None,
        {"other": "a"},
        {"q": ""},
        {"q": "  "},
        {"q": "\t\n"},
        {"q": ["a", "b"]},
        {"q": ["a", "a"]},
        {"q": ["", "a"]},
    ],
)
def test_query_parameter_must_be_there_once_and_not_blank(query: dict[str, Any] | None) -> None:
    answer = answer_to(lambda request: Response(request.query("q")), rest_event(query=query))

    assert answer["statusCode"] == 400
    assert [error["field"] for error in answer["json"]["errors"]] == ["q"]


@pytest.mark.parametrize("event_with", [rest_event, http_api_event])
def test_caller_comes_from_the_authorizers_claims(event_with: Callable[..., dict[str, Any]]) -> None:
    answer = answer_to(lambda request: Response(request.caller.user_id), event_with(access_claims("u1")))

    assert answer["json"] == "u1"


@pytest.mark.parametrize(
    "event",
    [
        rest_event(),
        rest_event(headers={"Authorization": "Bearer not.a.token"}),
        rest_event(headers={"x-api-key": "an application's key"}),
        rest_event(access_claims("u1", token_use="id")),
        rest_event(access_claims("u1", client_id="another")),
        http_api_event(),
    ],
)
def test_request_without_a_good_access_token_gets_401(event: dict[str, Any]) -> None:
    answer = answer_to(lambda request: Response(request.caller.user_id), event)

    assert answer["statusCode"] == 401
    assert answer["headers"]["WWW-Authenticate"] == "Bearer"


def test_http_api_keeps_repeated_parameters_apart() -> None:
    joined = {"version": "2.0", "queryStringParameters": {"q": "a,b"}, "rawQueryString": "q=a&q=b"}
    assert answer_to(lambda request: Response(request.query("q")), joined)["statusCode"] == HTTPStatus.BAD_REQUEST


def test_overlong_query_parameter_is_refused() -> None:
    event = rest_event() | {"multiValueQueryStringParameters": {"q": ["x" * 129]}}
    assert answer_to(lambda request: Response(request.query("q")), event)["statusCode"] == HTTPStatus.BAD_REQUEST


def test_path_parameter_matches_its_pattern_as_a_whole() -> None:
    def asked(value: str | None) -> Request:
        return Request(rest_event() | {"pathParameters": value and {"id": value}})

    assert asked("a-1").path("id", "[a-z0-9-]+") == "a-1"
    for value in (None, "", "a 1", "a\n", "/a"):
        with pytest.raises(Malformed) as refused:
            asked(value).path("id", "[a-z0-9-]+")
        assert [error.field for error in refused.value.errors] == ["id"]


@pytest.mark.parametrize("name", ["Idempotency-Key", "idempotency-key", "IDEMPOTENCY-KEY"])
def test_header_is_found_however_it_is_written(name: str) -> None:
    assert Request(rest_event(headers={name: "1"})).header("Idempotency-Key") == "1"


def test_header_that_comes_twice_is_refused() -> None:
    event = rest_event(headers={"Idempotency-Key": "2"}) | {"multiValueHeaders": {"Idempotency-Key": ["1", "2"]}}

    with pytest.raises(Malformed):
        Request(event).header("Idempotency-Key")


def test_claim_is_of_caller_route_path_and_body() -> None:
    def claim(caller: str = "ada", donation: str = "d1", body: object = None) -> Any:
        event = rest_event(access_claims(caller), headers={"Idempotency-Key": "1"}, method="POST")
        return Request(event | {"pathParameters": {"donationId": donation}}).claim(body)

    assert claim() == claim()
    assert claim().record_id != claim(caller="bob").record_id
    assert claim().record_id == claim(donation="d2").record_id
    assert claim().request_hash != claim(donation="d2").request_hash
    assert claim().request_hash != claim(body={}).request_hash


@pytest.mark.parametrize(("query", "number"), [({}, 20), ({"limit": "1"}, 1), ({"limit": "100"}, 100)])
def test_whole_number_within_its_bounds_is_read(query: dict[str, str], number: int) -> None:
    assert Request(rest_event(query=query)).whole_number("limit", least=1, most=100, default=20) == number


@pytest.mark.parametrize("text", ["0", "101", "-1", "+1", "1.0", "1_0", "٣", "²", "", "9" * 5000])
def test_any_other_text_is_no_whole_number(text: str) -> None:
    with pytest.raises(Malformed):
        Request(rest_event(query={"limit": text})).whole_number("limit", least=1, most=100, default=20)


class Colour(StrEnum):
    DARK_RED = "dark-red"
    BLUE = "blue"


@pytest.mark.parametrize(("query", "choice"), [({}, None), ({"colour": "dark-red"}, Colour.DARK_RED)])
def test_choice_is_one_of_those_that_there_are(query: dict[str, str], choice: Colour | None) -> None:
    assert Request(rest_event(query=query)).choice("colour", Colour) is choice


@pytest.mark.parametrize("text", ["DARK_RED", "green", " blue", "blue,blue"])
def test_any_other_choice_is_refused_with_those_that_there_are(text: str) -> None:
    with pytest.raises(Invalid, match="colour is one of dark-red, blue"):
        Request(rest_event(query={"colour": text})).choice("colour", Colour)
