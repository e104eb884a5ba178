from collections.abc import Callable
from enum import StrEnum
from typing import Any

import pytest

from shared.errors import Malformed
from shared.http.callers import SIGNED_IN
from shared.http.cursors import Cursors
from shared.http.fields import Body
from shared.http.parameters import (
    Parameter,
    choice,
    either,
    line,
    new_path_id,
    optional_choice,
    optional_line,
    optional_text,
    optional_whole_number,
    paging,
    several,
    text,
    whole_number,
)
from shared.http.request import Request
from shared.idempotency.claims import Claim
from tests.shared.gateway_events import access_claims, http_api_event, rest_event
from tests.shared.http_answers import answer_to

pytestmark = pytest.mark.usefixtures("edge")


class Colour(StrEnum):
    DARK_RED = "dark-red"
    BLUE = "blue"


Q = text("q")
LIMIT = whole_number("limit", 1, 100, default=20)


def answer_with(parameter: Parameter[Any], event: dict[str, Any]) -> dict[str, Any]:
    """The answer of a route that answers what it reads of a parameter."""
    return answer_to(lambda request: request.value(parameter), event, parameters=[parameter])


def read(parameter: Parameter[Any], query: dict[str, Any] | None) -> object:
    return answer_with(parameter, rest_event(query=query))["json"]


def refusal(parameter: Parameter[Any], query: dict[str, Any] | None) -> tuple[int, list[dict[str, str]]]:
    answer = answer_with(parameter, rest_event(query=query))
    return answer["statusCode"], answer["json"]["errors"]


# --- Parameters of the query


def test_query_parameter_is_given_as_it_was_sent() -> None:
    assert read(Q, {"q": " Zoë & 山田 "}) == " Zoë & 山田 "


def test_line_is_given_in_its_normal_form() -> None:
    assert read(line("q"), {"q": " Zoe\u0308\u00a0 & 山田 "}) == "Zoë & 山田"
    assert read(optional_line("q"), {}) is None


def test_query_parameter_is_found_where_only_single_values_are_given() -> None:
    event = rest_event() | {"queryStringParameters": {"q": "a"}, "multiValueQueryStringParameters": None}

    assert answer_with(Q, event)["json"] == "a"


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (None, "is required"),
        ({"q": ""}, "must not be blank"),
        ({"q": "  "}, "must not be blank"),
        ({"q": "\t\n"}, "must not be blank"),
        ({"q": ["a", "b"]}, "must be given only once"),
        ({"q": ["a", "a"]}, "must be given only once"),
        ({"q": ["", "a"]}, "must be given only once"),
        ({"q": "x" * 129}, "must have at most 128 characters"),
    ],
)
@pytest.mark.parametrize("parameter", [Q, optional_text("q")], ids=["required", "optional"])
def test_text_is_there_once_and_neither_blank_nor_too_long(
    parameter: Parameter[Any], query: dict[str, Any] | None, message: str
) -> None:
    if query is None and not parameter.is_required:
        assert read(parameter, query) is None
    else:
        assert refusal(parameter, query) == (400, [{"field": "q", "message": message}])


def test_parameter_that_may_be_repeated_is_all_its_different_values() -> None:
    tags = several(line("tag"), max_values=3)

    assert read(tags, None) == []
    assert read(tags, {"tag": "a,b"}) == ["a,b"]
    assert read(tags, {"tag": ["b", "a", " b"]}) == ["b", "a"]
    assert refusal(tags, {"tag": ["a", " "]}) == (400, [{"field": "tag", "message": "must not be blank"}])
    assert refusal(tags, {"tag": ["a"] * 4}) == (400, [{"field": "tag", "message": "must be given at most 3 times"}])
    assert (
        refusal(several(choice("tag", Colour, default=Colour.BLUE), max_values=2), {"tag": ["blue", "red"]})[0] == 422
    )


def test_of_parameters_that_contradict_each_other_one_may_be_given() -> None:
    version, label = either(optional_whole_number("version", 1, 9), optional_text("label"))

    def answer(**query: str) -> dict[str, Any]:
        event = rest_event(query=query)
        return answer_to(
            lambda request: [request.value(version), request.value(label)], event, parameters=[version, label]
        )

    assert answer()["json"] == [None, None]
    assert answer(version="1")["json"] == [1, None]
    assert answer(label="a")["json"] == [None, "a"]
    assert answer(version="1", label="a")["statusCode"] == 400
    assert answer(version="1", label="a")["json"]["errors"] == [
        {"field": "label", "message": "must not be given together with version"}
    ]
    assert "version" in label.description


def test_parameter_that_a_route_does_not_have_is_named_without_its_value() -> None:
    answer = answer_with(Q, rest_event(query={"q": "a", "debug": "secret", "Q": "b"}))

    assert answer["statusCode"] == 400
    assert [error["field"] for error in answer["json"]["errors"]] == ["debug", "Q"]
    assert "secret" not in answer["body"]


def test_everything_that_is_wrong_is_said_at_once() -> None:
    answer = answer_to(lambda _: {}, rest_event(query={"limit": "0", "x": "1"}), parameters=[Q, LIMIT])

    assert [error["field"] for error in answer["json"]["errors"]] == ["q", "limit", "x"]
    assert "see errors" in answer["json"]["detail"]


def test_of_many_unknown_parameters_some_are_named_and_none_at_length() -> None:
    query = {f"{number}{'x' * 200}": "1" for number in range(50)}
    answer = answer_with(Q, rest_event(query={"q": "a"} | query))

    assert answer["json"]["detail"] == "Some parameters of the request are not valid: see errors, the first 20 of 50."
    assert [len(error["field"]) for error in answer["json"]["errors"]] == [101] * 20
    assert len(answer_with(Q, rest_event(query={"q": "a", "x" * 5000: "1"}))["body"]) < 500


def test_one_thing_that_is_wrong_is_said_in_the_detail() -> None:
    detail = answer_with(LIMIT, rest_event(query={"limit": "0"}))["json"]["detail"]

    assert detail == "The query parameter limit must be a whole number from 1 to 100."


def test_http_api_keeps_repeated_parameters_apart() -> None:
    joined = http_api_event() | {"queryStringParameters": {"q": "a,b"}, "rawQueryString": "q=a&q=b"}

    assert answer_with(Q, joined)["statusCode"] == 400


@pytest.mark.parametrize(("query", "number"), [({}, 20), ({"limit": "1"}, 1), ({"limit": "100"}, 100)])
def test_whole_number_within_its_bounds_is_read(query: dict[str, str], number: int) -> None:
    assert read(LIMIT, query) == number


@pytest.mark.parametrize("written", ["0", "101", "-1", "+1", "1.0", "1_0", "٣", "²", "", "9" * 5000])
@pytest.mark.parametrize("parameter", [LIMIT, optional_whole_number("limit", 1, 100)])
def test_any_other_text_is_no_whole_number(parameter: Parameter[Any], written: str) -> None:
    message = "must be a whole number from 1 to 100"

    assert refusal(parameter, {"limit": written}) == (400, [{"field": "limit", "message": message}])


def test_optional_whole_number_may_be_left_out() -> None:
    assert read(optional_whole_number("limit", 1, 100), {}) is None


@pytest.mark.parametrize(
    ("parameter", "query", "chosen"),
    [
        (choice("colour", Colour, default=Colour.BLUE), {}, "blue"),
        (choice("colour", Colour, default=Colour.BLUE), {"colour": "dark-red"}, "dark-red"),
        (optional_choice("colour", Colour), {}, None),
        (optional_choice("colour", Colour), {"colour": "dark-red"}, "dark-red"),
    ],
)
def test_choice_is_one_of_those_that_there_are(
    parameter: Parameter[Any], query: dict[str, str], chosen: str | None
) -> None:
    assert read(parameter, query) == chosen


@pytest.mark.parametrize("written", ["DARK_RED", "green", " blue", "blue,blue"])
def test_any_other_choice_is_refused_with_those_that_there_are(written: str) -> None:
    status, [error] = refusal(optional_choice("colour", Colour), {"colour": written})

    assert (status, error) == (422, {"field": "colour", "message": "must be one of dark-red, blue"})


def test_page_begins_after_its_cursor() -> None:
    cursors = Cursors("a key for tests")
    event = rest_event(query={"cursor": cursors.make("list", "seventh") or "", "limit": "7"})

    def page(request: Request) -> object:
        return request.page(cursors, "list")

    assert answer_to(page, event, parameters=paging())["json"] == ["seventh", 7]
    assert answer_to(page, parameters=paging(size=5))["json"] == [None, 5]
    assert answer_to(page, rest_event(query={"limit": "8"}), parameters=paging(max_size=7))["statusCode"] == 400


# --- Parameters of the path, and headers


@pytest.mark.parametrize(("item_id", "status"), [("a-1_B", 200), ("x" * 128, 200), ("x" * 129, 404), ("a b", 404)])
def test_what_cannot_be_an_id_is_not_found(item_id: str, status: int) -> None:
    event = rest_event(resource="/items/{itemId}") | {"pathParameters": {"itemId": item_id}}

    assert answer_to(lambda request: request.path("itemId"), event)["statusCode"] == status


@pytest.mark.parametrize("value", [None, "", "a 1", "a\n", "/a"])
def test_id_that_the_client_chooses_matches_its_pattern_as_a_whole(value: str | None) -> None:
    def answer(item_id: str | None) -> dict[str, Any]:
        event = rest_event(resource="/items/{itemId}") | {"pathParameters": item_id and {"itemId": item_id}}
        parameters = [new_path_id("itemId", "[a-z0-9-]+", "an id of ours")]
        return answer_to(lambda request: request.path("itemId"), event, parameters=parameters)

    assert answer("a-1")["json"] == "a-1"
    assert answer(value)["statusCode"] == 400
    assert [error["field"] for error in answer(value)["json"]["errors"]] == ["itemId"]


@pytest.mark.parametrize("name", ["X-Cart-Id", "x-cart-id", "X-CART-ID"])
def test_header_is_found_however_it_is_written(name: str) -> None:
    assert answer_with(text("X-Cart-Id", place="header"), rest_event(headers={name: "1"}))["json"] == "1"


def test_header_that_comes_twice_is_refused() -> None:
    event = rest_event(headers={"X-Cart-Id": "2"}) | {"multiValueHeaders": {"X-Cart-Id": ["1", "2"]}}

    assert answer_with(text("X-Cart-Id", place="header"), event)["statusCode"] == 400


# --- Who is calling


@pytest.mark.parametrize("event_with", [rest_event, http_api_event])
def test_caller_comes_from_the_authorizers_claims(event_with: Callable[..., dict[str, Any]]) -> None:
    answer = answer_to(lambda request: request.caller.user_id, event_with(access_claims("u1")), callers=SIGNED_IN)

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
    answer = answer_to(lambda _: {}, event, callers=SIGNED_IN)

    assert answer["statusCode"] == 401
    assert answer["headers"]["WWW-Authenticate"] == "Bearer"


# --- Requests that may arrive twice


class Reason(Body):
    reason: str


def claim_of(
    caller: str = "ada",
    donation: str = "d1",
    body: str = '{"reason": "x"}',
    key: str | None = "1",
    use: str = "optional",
) -> Claim | None:
    """What a request claims; raises Malformed where it is refused."""
    claims: list[Claim | None] = []
    headers = {"Content-Type": "application/json"} | ({} if key is None else {"Idempotency-Key": key})
    event = rest_event(
        access_claims(caller), None, headers, "/donations/{donationId}/refunds", method="POST", body=body
    )

    def handle(request: Request[Reason]) -> None:
        claims.append(request.claim)

    answer = answer_to(
        handle,
        event | {"pathParameters": {"donationId": donation}},
        callers=SIGNED_IN,
        body=Reason,
        key=use,
        answers={204: None},
    )
    if answer["statusCode"] == 400:
        raise Malformed(answer["json"]["detail"])
    return claims[0]


def test_claim_is_of_caller_route_path_and_body() -> None:
    first, bobs, other = claim_of(), claim_of(caller="bob"), claim_of(donation="d2")
    assert first
    assert bobs
    assert other

    assert claim_of() == first
    assert bobs.record_id != first.record_id
    assert other.record_id == first.record_id
    assert other.request_hash != first.request_hash
    assert claim_of(body='{"reason": "y"}') != first


@pytest.mark.parametrize("key", ["", " ", "two words", "ä", "x" * 256, "\n"])
def test_only_visible_ascii_is_a_key(key: str) -> None:
    with pytest.raises(Malformed, match="visible ASCII"):
        claim_of(key=key)
    assert claim_of(key="x" * 255)
    assert claim_of(key="!~")


def test_key_may_be_left_out_only_where_it_is_not_required() -> None:
    assert claim_of(key=None) is None
    with pytest.raises(Malformed, match="Idempotency-Key is required"):
        claim_of(key=None, use="required")
