import json
import threading
from concurrent.futures import ThreadPoolExecutor
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
from shared.http.api import Api
from shared.http.callers import ADMINS, ANYBODY, SIGNED_IN, STAFF, Callers
from shared.http.contract import Text
from shared.http.fields import Body
from shared.http.parameters import whole_number
from shared.http.request import Request
from shared.http.response import Response
from shared.resilience.deadline import time_for
from shared.settings import MissingSettings
from tests.shared.gateway_events import ORIGIN, REQUEST_ID, access_claims, http_api_event, rest_event
from tests.shared.http_answers import answer_to, answer_to_error, headers_of
from tests.shared.imports import imports
from tests.shared.lambda_context import CONTEXT, fails_as

pytestmark = pytest.mark.usefixtures("edge")


class OutOfStock(Conflict): ...


class ModelBusy(TooManyRequests): ...


def test_work_for_a_request_ends_before_the_gateway_ends_it() -> None:
    app = Api()

    @app.route("GET /patience", answers={200: float}, callers=ANYBODY)
    def patience(_: Request) -> object:
        return time_for(29)

    seconds = json.loads(app(rest_event() | {"resource": "/patience"}, CONTEXT)["body"])
    assert 20 < seconds <= 25
    assert time_for(29) == 29


# --- Several routes


def an_api() -> Api:
    app = Api()

    @app.route("GET /items/{itemId}", answers={200: str}, callers=ANYBODY)
    def read_item(request: Request) -> object:
        return request.path("itemId")

    @app.route("DELETE /items/{itemId}", answers={204: None}, callers=ANYBODY)
    def remove_item(_: Request) -> None: ...

    @app.route("GET /items/newest", answers={200: str}, callers=ANYBODY)
    def newest_item(_: Request) -> object:
        return "the newest"

    return app


def test_each_route_is_answered_by_its_own_function() -> None:
    event = {"resource": "/items/{itemId}", "pathParameters": {"itemId": "a"}}

    read, removed = (an_api()(rest_event(method=method) | event, CONTEXT) for method in ("GET", "DELETE"))

    assert (read["statusCode"], read["body"]) == (200, '"a"')
    assert (removed["statusCode"], removed["body"]) == (204, "")
    assert "Content-Type" not in headers_of(removed)


@pytest.mark.parametrize("path", ["/items/newest", "/shop/items/a%2Fb", "/items/a/b", "/"])
def test_route_is_the_gateways_whatever_the_path_looks_like(path: str) -> None:
    event = rest_event(resource="/items/{itemId}", path=path) | {"pathParameters": {"itemId": "a"}}

    assert an_api()(event, CONTEXT)["body"] == '"a"'


@pytest.mark.parametrize(("method", "resource"), [("POST", "/items/newest"), ("GET", "/items"), ("OPTIONS", "/items")])
def test_route_that_a_function_does_not_serve_is_not_found(method: str, resource: str) -> None:
    answer = an_api()(rest_event(method=method, resource=resource), CONTEXT)

    assert answer["statusCode"] == 404
    assert json.loads(answer["body"])["detail"] == "There is no such route."


@pytest.mark.parametrize("further", [[], ["GET /tickets", "DELETE /tickets/{ticketId}"]], ids=["one", "several"])
@pytest.mark.parametrize("stage", ["$default", "v1"])
def test_routes_of_http_apis_are_served_too(stage: str, further: list[str]) -> None:
    app = Api(kind="http")

    @app.route("GET /tickets/{ticketId}", answers={200: str}, callers=ANYBODY)
    def read_ticket(request: Request) -> object:
        return request.path("ticketId")

    for route in further:
        app.route(route, answers={200: str}, callers=ANYBODY)(lambda _: "another")
    event = http_api_event() | {"routeKey": "GET /tickets/{ticketId}", "pathParameters": {"ticketId": "t1"}}
    event["requestContext"]["stage"] = stage
    answer = app(event, CONTEXT)

    assert (answer["statusCode"], answer["body"]) == (200, '"t1"')
    assert answer["headers"]["Access-Control-Allow-Origin"] == ORIGIN


@pytest.mark.parametrize("further", [[], ["GET /items"]], ids=["one", "several"])
def test_requests_of_several_threads_do_not_meet(further: list[str]) -> None:
    app, everybody = Api(), threading.Barrier(8)
    for route in further:
        app.route(route, answers={200: str}, callers=ANYBODY)(lambda _: "another")

    @app.route("GET /items/{itemId}", answers={200: str}, callers=ANYBODY)
    def read_item(request: Request) -> object:
        everybody.wait(10)
        return request.path("itemId")

    def read(item_id: str) -> object:
        event = rest_event(resource="/items/{itemId}") | {"pathParameters": {"itemId": item_id}}
        return json.loads(app(event, CONTEXT)["body"])

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(read, "abcdefgh")) == list("abcdefgh")


# --- Who may call


@pytest.mark.parametrize(
    ("callers", "groups", "status"),
    [
        (STAFF, None, 403),
        (STAFF, ["editors"], 403),
        (STAFF, ["staff"], 200),
        (STAFF, ["finance"], 200),
        (ADMINS, ["staff"], 403),
        (ADMINS, ["admin", "staff"], 200),
    ],
)
def test_only_those_may_call_whom_the_route_names(callers: Callers, groups: list[str] | None, status: int) -> None:
    answer = answer_to(lambda _: {}, rest_event(access_claims("u1", groups)), callers=callers)

    assert answer["statusCode"] == status


def test_caller_comes_before_parameters_and_these_before_the_body() -> None:
    class Gift(Body):
        amount: int

    def handle(request: Request[Gift]) -> object:
        return request.body.amount

    def status(groups: list[str] | None, query: dict[str, str], body: str) -> int:
        event = rest_event(access_claims("u1", groups), query, {"Content-Type": "application/json"}, body=body)
        answer = answer_to(handle, event, callers=STAFF, body=Gift, parameters=[whole_number("n", 1, 9, default=1)])
        return int(answer["statusCode"])

    assert status(None, {"n": "0"}, "{") == 403
    assert status(["staff"], {"n": "0"}, "{}") == 400
    assert status(["staff"], {"n": "1"}, "{}") == 422
    assert status(["staff"], {"n": "1"}, '{"amount": 1}') == 200


def test_handler_may_refuse_before_a_word_about_the_body() -> None:
    class Gift(Body):
        amount: int

    def handle(request: Request[Gift]) -> object:
        if request.caller.user_id != "ada":
            raise NotFound("There is no such supporter.")
        return request.body.amount

    statuses = [
        answer_to(handle, rest_event(access_claims(user_id), body="{"), body=Gift, callers=SIGNED_IN)["statusCode"]
        for user_id in ("bob", "ada")
    ]
    assert statuses == [404, 415]


def test_conflict_tells_field_by_field_what_stands_against_it() -> None:
    answer = answer_to_error(Conflict("Not yet.", [FieldError("cases.is short", "too long")]))

    assert answer["statusCode"] == 409
    assert answer["json"]["errors"] == [{"field": "cases.is short", "message": "too long"}]


# --- Successful answers


def test_answer_is_json_with_the_headers_of_every_answer() -> None:
    answer = answer_to(lambda _: {"name": "Zoë"})

    assert answer["statusCode"] == 200
    assert answer["json"] == {"name": "Zoë"}
    assert answer["headers"] == {
        "Content-Type": "application/json",
        "Access-Control-Allow-Origin": ORIGIN,
        "Access-Control-Expose-Headers": "ETag,Retry-After",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }


def test_handler_chooses_status_and_headers() -> None:
    answer = answer_to(lambda _: Response(201, {}, {"Location": "/donations/1"}), answers={200: dict, 201: dict})

    assert answer["statusCode"] == 201
    assert answer["headers"]["Location"] == "/donations/1"
    assert answer["headers"]["Cache-Control"] == "no-store"


def test_status_is_a_plain_number_as_lambda_writes_it() -> None:
    assert type(answer_to(lambda _: {})["statusCode"]) is int
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
        "detail": "Something went wrong on our side; it has been logged.",
        "instance": f"urn:request:{REQUEST_ID}",
    }


def test_body_that_has_no_form_on_the_wire_is_an_internal_error() -> None:
    assert answer_to(lambda _: {"amounts": {1, 2}})["statusCode"] == 500
    assert answer_to(lambda _: float("nan"))["statusCode"] == 500


@pytest.mark.parametrize("variable", ["ALLOWED_ORIGIN", "TOKEN_CLIENT_ID", "TOKEN_ISSUER"])
def test_function_deployed_without_a_setting_fails(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(variable)

    with fails_as(MissingSettings):
        answer_to(lambda request: request.caller.user_id, rest_event(access_claims("u1")))


@pytest.mark.parametrize("context", [None, {}])
def test_event_without_a_request_id_still_gets_a_problem(context: dict[str, Any] | None) -> None:
    event = rest_event() | {"requestContext": context}
    assert answer_to_error(NotFound("x"), event)["json"]["instance"] == "urn:request:unknown"


def test_bare_try_later_is_unavailable() -> None:
    assert answer_to_error(TryLater("busy", 5))["statusCode"] == HTTPStatus.SERVICE_UNAVAILABLE


def test_answer_that_is_no_unicode_text_is_an_internal_error() -> None:
    answer = answer_to(lambda _: {"name": "\ud800"})
    assert answer["statusCode"] == HTTPStatus.INTERNAL_SERVER_ERROR


def test_answer_without_content_has_no_body() -> None:
    answer = answer_to(lambda _: None, answers={204: None})

    assert (answer["statusCode"], answer["body"]) == (204, "")


def test_answer_may_be_text_of_another_type() -> None:
    answer = answer_to(lambda _: Response(200, "data: 1\n\n"), answers={200: Text("text/event-stream"), 204: None})

    assert (answer["headers"]["Content-Type"], answer["body"]) == ("text/event-stream", "data: 1\n\n")


def test_answer_of_a_route_may_be_cached_and_its_refusals_not() -> None:
    def answer(query: dict[str, str]) -> dict[str, Any]:
        return answer_to(lambda _: {}, rest_event(access_claims("u1"), query), cache_control="public, max-age=60")

    assert answer({})["headers"]["Cache-Control"] == "public, max-age=60"
    assert answer({"unknown": "1"})["headers"]["Cache-Control"] == "no-store"


def test_status_that_a_route_does_not_declare_is_a_mistake_of_ours() -> None:
    assert answer_to(lambda _: Response(202, {}))["statusCode"] == 500


def test_route_that_the_only_one_is_not_is_not_found() -> None:
    app = Api()
    app.route("GET /items", answers={200: str}, callers=ANYBODY)(lambda _: "items")

    statuses = [
        app(rest_event(method=method, resource=resource), CONTEXT)["statusCode"]
        for method, resource in [("GET", "/items"), ("POST", "/items"), ("GET", "/items/{itemId}")]
    ]

    assert statuses == [200, 404, 404]


def test_function_of_one_route_pays_for_no_resolver() -> None:
    code = "from shared.http.api import Api\napp = Api()\napp.route('GET /items', answers={200: str})(print)\n"

    assert "aws_lambda_powertools.event_handler" not in imports(code).modules
    assert "aws_lambda_powertools.event_handler" in imports(code + code.splitlines()[-1].replace("GET", "POST")).modules
