import json
from http import HTTPStatus
from typing import Any

import pytest

from shared.errors import (
    AlmonerError,
    Conflict,
    FieldError,
    Forbidden,
    Invalid,
    Malformed,
    NotFound,
    TooManyRequests,
    TryLater,
    Unauthenticated,
    Unavailable,
)
from shared.http.routes import Response, route, routes
from shared.settings import MissingSettings
from tests.shared.gateway_events import ORIGIN, REQUEST_ID, access_claims, rest_event
from tests.shared.http_answers import answer_to, answer_to_error

pytestmark = pytest.mark.usefixtures("edge")


class OutOfStock(Conflict): ...


class ModelBusy(TooManyRequests): ...


# --- Several routes


def test_each_route_of_a_handler_is_answered_by_its_own_code() -> None:
    handler = routes(
        {
            "GET /items/{itemId}": lambda request: Response(request.path("itemId", ".*")),
            "DELETE /items/{itemId}": lambda _: Response(None, HTTPStatus.NO_CONTENT),
        }
    )
    event = {"resource": "/items/{itemId}", "pathParameters": {"itemId": "a"}}

    read, removed = (handler(rest_event(method=method) | event, None) for method in ("GET", "DELETE"))

    assert (read["statusCode"], read["body"]) == (200, '"a"')
    assert (removed["statusCode"], removed["body"]) == (204, "")


def test_route_that_a_handler_does_not_know_is_not_found() -> None:
    handler = routes({"GET /items": lambda _: Response([])})

    answer = handler(rest_event(method="POST", resource="/items"), None)

    assert answer["statusCode"] == 404
    assert json.loads(answer["body"])["detail"] == "There is no such route."


def test_conflict_tells_field_by_field_what_stands_against_it() -> None:
    answer = answer_to_error(Conflict("Not yet.", [FieldError("cases.is short", "too long")]))

    assert answer["statusCode"] == 409
    assert answer["json"]["errors"] == [{"field": "cases.is short", "message": "too long"}]


# --- Successful answers


def test_answer_is_json_with_the_headers_of_every_answer() -> None:
    answer = answer_to(lambda _: Response({"name": "Zoë"}))

    assert answer["statusCode"] == 200
    assert answer["json"] == {"name": "Zoë"}
    assert answer["headers"] == {
        "Content-Type": "application/json",
        "Access-Control-Allow-Origin": ORIGIN,
        "Access-Control-Expose-Headers": "Retry-After",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }


def test_handler_chooses_status_and_headers() -> None:
    answer = answer_to(lambda _: Response({}, HTTPStatus.CREATED, {"Location": "/donations/1"}))

    assert answer["statusCode"] == 201
    assert answer["headers"]["Location"] == "/donations/1"
    assert answer["headers"]["Cache-Control"] == "no-store"


def test_status_is_a_plain_number_as_lambda_writes_it() -> None:
    assert type(answer_to(lambda _: Response({}))["statusCode"]) is int
    assert type(answer_to_error(NotFound("no"))["statusCode"]) is int


# --- Errors


@pytest.mark.parametrize(
    ("error", "status", "title"),
    [
        (Malformed("x"), 400, "Bad Request"),
        (Unauthenticated("x"), 401, "Unauthorized"),
        (Forbidden("x"), 403, "Forbidden"),
        (NotFound("x"), 404, "Not Found"),
        (Conflict("x"), 409, "Conflict"),
        (OutOfStock("x"), 409, "Conflict"),
        (Invalid("x"), 422, "Unprocessable Content"),
        (TooManyRequests("x"), 429, "Too Many Requests"),
        (ModelBusy("x"), 429, "Too Many Requests"),
        (Unavailable("x"), 503, "Service Unavailable"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_type_of_an_error_decides_the_status(error: AlmonerError, status: int, title: str) -> None:
    answer = answer_to_error(error)

    assert answer["statusCode"] == status
    assert answer["json"]["status"] == status
    assert answer["json"]["title"] == title


def test_problem_has_the_shape_of_rfc_9457() -> None:
    assert answer_to_error(NotFound("There is no such supporter."))["json"] == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "There is no such supporter.",
        "instance": f"urn:request:{REQUEST_ID}",
    }


@pytest.mark.parametrize("type_", [Malformed, Invalid])
def test_problem_of_bad_input_names_the_fields(type_: type[Malformed | Invalid]) -> None:
    error = type_("Two fields are wrong.", [FieldError("items[0].quantity", "is too high"), FieldError("name", "is …")])

    assert answer_to_error(error)["json"]["errors"] == [
        {"field": "items[0].quantity", "message": "is too high"},
        {"field": "name", "message": "is …"},
    ]


@pytest.mark.parametrize("error", [Malformed("x"), Invalid("x"), NotFound("x")])
def test_problem_without_bad_fields_lists_none(error: AlmonerError) -> None:
    assert "errors" not in answer_to_error(error)["json"]


@pytest.mark.parametrize(
    "error",
    [Malformed("x"), NotFound("x"), Unavailable("x"), RuntimeError("x")],
    ids=lambda error: type(error).__name__,
)
def test_problem_has_the_headers_of_every_answer(error: Exception) -> None:
    headers = answer_to_error(error)["headers"]

    assert headers["Content-Type"] == "application/problem+json"
    assert headers["Access-Control-Allow-Origin"] == ORIGIN
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("error", "seconds"), [(TooManyRequests("x", 30), "30"), (Unavailable("x", 2), "2"), (Unavailable("x"), "1")]
)
def test_whoever_should_try_later_hears_when(error: AlmonerError, seconds: str) -> None:
    assert answer_to_error(error)["headers"]["Retry-After"] == seconds


def test_whoever_is_not_signed_in_hears_how() -> None:
    assert answer_to_error(Unauthenticated("x"))["headers"]["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("error", [NotFound("x"), Forbidden("x"), RuntimeError("x")])
def test_other_problems_ask_for_neither(error: Exception) -> None:
    assert answer_to_error(error)["headers"].keys().isdisjoint({"Retry-After", "WWW-Authenticate"})


# --- Unexpected errors


def test_unexpected_error_tells_the_caller_only_where_to_look() -> None:
    answer = answer_to_error(RuntimeError("password of the database: hunter2"))

    assert answer["statusCode"] == 500
    assert "hunter2" not in json.dumps(answer)
    assert "RuntimeError" not in json.dumps(answer)
    assert answer["json"] == {
        "type": "about:blank",
        "title": "Internal Server Error",
        "status": 500,
        "detail": "Something went wrong on our side; it has been noted.",
        "instance": f"urn:request:{REQUEST_ID}",
    }


def test_body_that_has_no_form_on_the_wire_is_an_internal_error() -> None:
    assert answer_to(lambda _: Response({"amounts": {1, 2}}))["statusCode"] == 500
    assert answer_to(lambda _: Response(float("nan")))["statusCode"] == 500


@pytest.mark.parametrize("variable", ["ALLOWED_ORIGIN", "TOKEN_CLIENT_ID", "TOKEN_ISSUER"])
def test_function_deployed_without_a_setting_fails_with_its_name(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(variable)

    with pytest.raises(MissingSettings, match=variable):
        answer_to(lambda request: Response(request.caller.user_id), rest_event(access_claims("u1")))


@pytest.mark.parametrize("event", [{}, {"requestContext": None}, {"requestContext": {}}])
def test_event_without_a_request_id_still_gets_a_problem(event: dict[str, Any]) -> None:
    assert answer_to_error(NotFound("x"), event)["json"]["instance"] == "urn:request:unknown"


def test_bare_try_later_is_unavailable() -> None:
    assert answer_to_error(TryLater("busy", 5))["statusCode"] == HTTPStatus.SERVICE_UNAVAILABLE


def test_answer_that_is_no_unicode_text_is_an_internal_error() -> None:
    answer = answer_to(lambda _: Response({"name": "\ud800"}))
    assert answer["statusCode"] == HTTPStatus.INTERNAL_SERVER_ERROR


def test_answer_without_content_has_no_body() -> None:
    answer = route(lambda _: Response(None, HTTPStatus.NO_CONTENT))(rest_event(), None)

    assert (answer["statusCode"], answer["body"]) == (204, "")
