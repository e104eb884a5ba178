"""REST APIs: requests are validated before a function is invoked, and errors have the same format."""

import json

import pytest

from tests.contracts.emulator.application_stack import (
    KEY,
    LINE,
    ORDER,
    ORIGIN,
    Application,
    assert_problem,
)

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("emulator-application")]

TOO_DEEP = json.dumps({"customer": "ann", "lines": [LINE | {"note": "…"}]}).replace(
    '"\\u2026"', "[" * 2000 + "]" * 2000
)


def test_valid_order_reaches_the_function(app: Application) -> None:
    assert app.rest("POST", "/orders", ORDER).json()["path"] == "/orders"


@pytest.mark.parametrize(
    ("order", "detail"),
    [
        ({"lines": [LINE]}, '[object has missing required properties (["customer"])]'),
        (
            {"customer": "ann", "lines": [{"sku": "mug"}]},
            '[object has missing required properties (["quantity"])]',
        ),
        (
            ORDER | {"price": 1},
            '[object instance has properties which are not allowed by the schema: ["price"]]',
        ),
        (
            {"customer": "ann", "lines": [{"sku": "mug", "quantity": "1"}]},
            '[instance type (string) does not match any allowed primitive type (allowed: ["integer"])]',
        ),
        (
            {"customer": "ann", "lines": [LINE | {"quantity": 0}]},
            "[numeric instance is lower than the required minimum (minimum: 1, found: 0)]",
        ),
        (b"{", "Invalid request body"),
        (TOO_DEEP.encode(), "Invalid request body"),
        (None, "Invalid request body"),
    ],
)
def test_invalid_order_is_refused_with_the_reason(app: Application, order: object, detail: str) -> None:
    answer = app.rest("POST", "/orders", order)
    assert_problem(answer, 400, "Bad Request")
    assert answer.json()["detail"] == detail


def test_long_answer_is_compressed_for_whoever_accepts_that(app: Application) -> None:
    for coding in (None, "gzip", "deflate"):
        answer = app.rest("GET", "/long", **({"Accept-Encoding": coding} if coding else {}))

        assert answer.headers.get("content-encoding") == coding
        assert answer.json() == {"text": "x" * 2000}


def test_head_has_a_route_of_its_own_and_no_body(app: Application) -> None:
    """Even if the function gives it one."""
    head = app.rest("HEAD", "/long", **{"Accept-Encoding": "gzip"})

    assert (head.status, head.body) == (200, "")
    assert app.rest("HEAD", "/search?userId=ann").status == 404


def test_body_of_a_binary_type_comes_as_bytes(app: Application) -> None:
    """Other bodies are text, in which U+FFFD stands for what is not UTF-8."""
    binary = app.rest("POST", "/any/file", b"\xa3", **{"Content-Type": "text/csv; header=present"}).json()
    text = app.rest("POST", "/any/file", b"\xa3", **{"Content-Type": "text/plain"}).json()

    assert (binary["body"], binary["isBase64Encoded"]) == ("ow==", True)
    assert (text["body"], text["isBase64Encoded"]) == ("\ufffd", False)


def test_function_gets_what_the_gateway_does_not_check(app: Application) -> None:
    """API Gateway imports minItems, but does not check it."""
    assert app.rest("POST", "/orders", {"customer": "ann", "lines": []}).status == 200


def test_missing_query_parameter_is_named(app: Application) -> None:
    answer = app.rest("GET", "/search")
    assert_problem(answer, 400, "Bad Request")
    assert answer.json()["detail"] == "Missing required request parameters: [userId]"


def test_required_query_parameter_suffices(app: Application) -> None:
    assert app.rest("GET", "/search?userId=ann").status == 200


def test_any_method_and_greedy_path_reach_the_function(app: Application) -> None:
    answer = app.rest("PUT", "/any/thing/else", {}).json()
    assert (answer["method"], answer["pathParameters"]) == ("PUT", {"proxy": "thing/else"})


def test_unknown_path_is_not_found(app: Application) -> None:
    assert_problem(app.rest("GET", "/nowhere"), 404, "Not Found")


@pytest.mark.parametrize(
    ("megabytes", "message"), [(11, "Request Too Long"), (7, "Request Entity Too Large")], ids=["gateway", "lambda"]
)
def test_large_request_is_refused_in_the_format_of_aws(app: Application, megabytes: int, message: str) -> None:
    answer = app.rest("POST", "/any/upload", b"x" * megabytes * 1024 * 1024)
    assert (answer.status, answer.json()) == (413, {"message": message})


@pytest.mark.parametrize("path", ["/fail", "/large"])
def test_failing_function_is_a_bad_gateway(app: Application, path: str) -> None:
    assert_problem(app.rest("GET", path), 502, "Internal server error")


def test_preflight_needs_neither_token_nor_key(app: Application) -> None:
    answer = app.rest("OPTIONS", "/mine", **{"Access-Control-Request-Method": "GET"})
    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert answer.headers["access-control-allow-methods"] == "GET,POST,OPTIONS"


def test_function_decides_about_cors_headers_of_its_answer(app: Application) -> None:
    assert "access-control-allow-origin" not in app.rest("POST", "/orders", ORDER).headers


def test_access_log_has_the_request_id_and_the_user(app: Application) -> None:
    answer = app.rest("GET", "/mine", Authorization=app.access_token, **KEY)
    request_id = answer.headers["x-amzn-requestid"]
    events = app.aws.client("logs").filter_log_events(
        logGroupName=app.outputs["AccessLogs"], filterPattern=f'"{request_id}"'
    )["events"]
    user = answer.json()["authorizer"]["claims"]["sub"]
    assert [json.loads(event["message"]) for event in events] == [
        {"requestId": request_id, "status": 200, "user": user}
    ]
