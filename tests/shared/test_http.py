import json
import logging
from collections.abc import Callable, Iterator
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
from shared.http import Request, Response, edge_settings, route, routes
from shared.settings import MissingSettings
from tests.shared.gateway_events import CLIENT_ID, ISSUER, ORIGIN, REQUEST_ID, access_claims, http_api_event, rest_event


class OutOfStock(Conflict): ...


class ModelBusy(TooManyRequests): ...


@pytest.fixture(autouse=True)
def edge(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("ALLOWED_ORIGIN", ORIGIN)
    monkeypatch.setenv("TOKEN_ISSUER", ISSUER)
    monkeypatch.setenv("TOKEN_CLIENT_ID", CLIENT_ID)
    edge_settings.cache_clear()
    yield
    edge_settings.cache_clear()


def answer_to(handle: Callable[[Request], Response], event: dict[str, Any] | None = None) -> dict[str, Any]:
    answer = route(handle)(rest_event() if event is None else event, None)
    return answer | {"json": json.loads(answer["body"])}


def answer_to_error(error: Exception, event: dict[str, Any] | None = None) -> dict[str, Any]:
    def handle(_: Request) -> Response:
        raise error

    return answer_to(handle, event)


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


def test_unexpected_error_is_logged_with_its_cause(caplog: pytest.LogCaptureFixture) -> None:
    error = RuntimeError("no such table")

    with caplog.at_level(logging.INFO):
        answer_to_error(error)

    [record] = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert record.__dict__["error"] == "RuntimeError"
    assert any("test_http.py" in frame for frame in record.__dict__["stack"])


def test_expected_error_is_not_logged_as_a_failure(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        answer_to_error(NotFound("x"))

    assert [record.levelno for record in caplog.records] == [logging.INFO]


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


# --- Reading the request


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


# --- The log


def log_lines(caplog: pytest.LogCaptureFixture, error: Exception | None, event: dict[str, Any]) -> list[dict[str, Any]]:
    def handle(_: Request) -> Response:
        if error is not None:
            raise error
        return Response({"email": "ada@example.org"})

    with caplog.at_level(logging.DEBUG):
        answer_to(handle, event)
    return [vars(record) for record in caplog.records]


def test_log_line_says_what_was_asked_and_how_it_ended(caplog: pytest.LogCaptureFixture) -> None:
    [line] = log_lines(caplog, NotFound("x"), rest_event(resource="/content/{contentId}", path="/content/c1"))

    assert line["message"] == "request"
    assert line["route"] == "GET /content/{contentId}"
    assert line["status"] == 404
    assert line["apiRequestId"] == REQUEST_ID
    assert line["durationMs"] >= 0


@pytest.mark.parametrize("error", [None, NotFound("There is no such supporter."), RuntimeError("broken")])
def test_log_holds_nothing_of_the_user_or_the_request(
    caplog: pytest.LogCaptureFixture, error: Exception | None
) -> None:
    event = rest_event(
        access_claims("user-1234", ["staff"], email="ada@example.org", username="ada"),
        query={"userId": "user-5678", "q": "debt advice"},
        headers={"Authorization": "Bearer secret-token", "X-Api-Key": "secret-key", "X-Forwarded-For": "192.0.2.1"},
        resource="/supporters/{userId}",
        path="/supporters/user-5678",
    )

    written = json.dumps(log_lines(caplog, error, event), default=str)

    for private in ["user-1234", "user-5678", "ada", "debt advice", "secret-token", "secret-key", "192.0.2.1"]:
        assert private not in written


def test_bare_try_later_is_unavailable() -> None:
    assert answer_to_error(TryLater("busy", 5))["statusCode"] == HTTPStatus.SERVICE_UNAVAILABLE


def test_http_api_keeps_repeated_parameters_apart() -> None:
    joined = {"version": "2.0", "queryStringParameters": {"q": "a,b"}, "rawQueryString": "q=a&q=b"}
    assert answer_to(lambda request: Response(request.query("q")), joined)["statusCode"] == HTTPStatus.BAD_REQUEST


def test_log_names_the_route_of_an_http_api(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    answer_to(lambda _: Response({}), {"routeKey": "GET /tickets", "requestContext": {"http": {"method": "GET"}}})
    assert [record.__dict__["route"] for record in caplog.records] == ["GET /tickets"]


def test_text_of_an_unexpected_error_stays_out_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    answer_to_error(ValueError("ada@example.org"))
    assert "ada@" not in caplog.text
    assert all("ada@" not in str(record.__dict__) for record in caplog.records)


def test_answer_that_is_no_unicode_text_is_an_internal_error() -> None:
    answer = answer_to(lambda _: Response({"name": "\ud800"}))
    assert answer["statusCode"] == HTTPStatus.INTERNAL_SERVER_ERROR


def test_overlong_query_parameter_is_refused() -> None:
    event = rest_event() | {"multiValueQueryStringParameters": {"q": ["x" * 129]}}
    assert answer_to(lambda request: Response(request.query("q")), event)["statusCode"] == HTTPStatus.BAD_REQUEST


def test_answer_without_content_has_no_body() -> None:
    answer = route(lambda _: Response(None, HTTPStatus.NO_CONTENT))(rest_event(), None)

    assert (answer["statusCode"], answer["body"]) == (204, "")


def test_path_parameter_matches_its_pattern_as_a_whole() -> None:
    def asked(value: str | None) -> Request:
        return Request(rest_event() | {"pathParameters": value and {"id": value}})

    assert asked("a-1").path("id", "[a-z0-9-]+") == "a-1"
    for value in (None, "", "a 1", "a\n", "/a"):
        with pytest.raises(Malformed) as refused:
            asked(value).path("id", "[a-z0-9-]+")
        assert [error.field for error in refused.value.errors] == ["id"]


# --- Headers and numbers


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


@pytest.mark.parametrize(
    ("error", "errors"),
    [(None, (0, 0)), (NotFound("x"), (1, 0)), (Unavailable("x"), (0, 1)), (KeyError("x"), (0, 1))],
    ids=["none", "the client's", "the server's", "a bug"],
)
def test_request_is_counted_by_its_route(
    caplog: pytest.LogCaptureFixture, error: Exception | None, errors: tuple[int, int]
) -> None:
    caplog.set_level("INFO", "almoner")

    def handle(_: Request) -> Response:
        if error:
            raise error
        return Response({})

    answer_to(handle, rest_event())

    [line] = [vars(record) for record in caplog.records if record.message == "request"]
    assert (line["clientErrors"], line["serverErrors"]) == errors
    assert line["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["route"]]
