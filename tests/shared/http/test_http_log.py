import json
import logging
import sys
from typing import Any

import pytest

from shared.errors import (
    NotFound,
    Unavailable,
)
from shared.http.parameters import optional_text
from shared.http.request import Request
from shared.observability.logs import logger
from tests.shared.gateway_events import REQUEST_ID, access_claims, http_api_event, rest_event
from tests.shared.http_answers import answer_to, answer_to_error

pytestmark = pytest.mark.usefixtures("edge")


def test_unexpected_error_is_logged_with_its_cause(caplog: pytest.LogCaptureFixture) -> None:
    error = RuntimeError("no such table")

    with caplog.at_level(logging.INFO):
        answer_to_error(error)

    [record] = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert record.__dict__["error"] == "RuntimeError"
    assert any("http_answers.py" in frame for frame in record.__dict__["stack"])


def test_expected_error_is_not_logged_as_a_failure(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        answer_to_error(NotFound("x"))

    assert [record.levelno for record in caplog.records] == [logging.INFO]


def log_lines(caplog: pytest.LogCaptureFixture, error: Exception | None, event: dict[str, Any]) -> list[dict[str, Any]]:
    def handle(_: Request) -> object:
        if error is not None:
            raise error
        return {"email": "ada.l@example.org"}

    with caplog.at_level(logging.DEBUG):
        answer_to(handle, event, parameters=[optional_text("userId"), optional_text("q")])
    return [vars(record) for record in caplog.records]


def test_log_line_says_which_route_and_how_it_ended(caplog: pytest.LogCaptureFixture) -> None:
    event = rest_event(resource="/content/{contentId}", path="/content/c1") | {"pathParameters": {"contentId": "c1"}}
    [line] = log_lines(caplog, NotFound("x"), event)

    assert line["message"] == "request"
    assert line["route"] == "GET /content/{contentId}"
    assert line["status"] == 404
    assert line["durationMs"] >= 0


@pytest.mark.parametrize(
    ("waits", "metrics"),
    [(False, {"durationMs", "clientErrors", "serverErrors"}), (True, {"clientErrors", "serverErrors"})],
)
def test_time_of_a_route_that_waits_is_no_metric(
    caplog: pytest.LogCaptureFixture, waits: bool, metrics: set[str]
) -> None:
    with caplog.at_level(logging.INFO):
        answer_to(lambda _: {}, rest_event(), waits=waits)

    [line] = map(vars, caplog.records)
    [directive] = line["_aws"]["CloudWatchMetrics"]
    assert {metric["Name"] for metric in directive["Metrics"]} == metrics
    assert line["durationMs"] >= 0


def test_each_line_has_the_id_that_the_caller_got(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logger.registered_handler, "stream", sys.stdout)

    answer = answer_to_error(RuntimeError("broken"))

    lines = list(map(json.loads, capsys.readouterr().out.splitlines()))
    assert [line["message"] for line in lines] == ["request failed", "request"]
    assert {line["correlation_id"] for line in lines} == {REQUEST_ID}
    assert answer["json"]["instance"] == f"urn:request:{REQUEST_ID}"


@pytest.mark.parametrize("error", [None, NotFound("There is no such supporter."), RuntimeError("broken")])
def test_log_holds_nothing_of_the_user_or_the_request(
    caplog: pytest.LogCaptureFixture, error: Exception | None
) -> None:
    event = rest_event(
        access_claims("user-1234", ["staff"], email="ada.l@example.org", username="ada.l"),
        query={"userId": "user-5678", "q": "debt advice"},
        headers={"Authorization": "Bearer secret-token", "X-Api-Key": "secret-key", "X-Forwarded-For": "192.0.2.1"},
        resource="/supporters/{userId}",
        path="/supporters/user-5678",
    ) | {"pathParameters": {"userId": "user-5678"}}

    written = json.dumps(log_lines(caplog, error, event), default=str)

    for private in ["user-1234", "user-5678", "ada.l", "debt advice", "secret-token", "secret-key", "192.0.2.1"]:
        assert private not in written


def test_log_names_the_route_of_an_http_api(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    answer_to(lambda _: {}, http_api_event())
    assert [record.__dict__["route"] for record in caplog.records] == ["GET /tickets"]


def test_text_of_an_unexpected_error_stays_out_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    answer_to_error(ValueError("ada@example.org"))
    assert "ada@" not in caplog.text
    assert all("ada@" not in str(record.__dict__) for record in caplog.records)


@pytest.mark.parametrize(
    ("error", "errors"),
    [(None, (0, 0)), (NotFound("x"), (1, 0)), (Unavailable("x"), (0, 1)), (KeyError("x"), (0, 1))],
    ids=["none", "the client's", "the server's", "a bug"],
)
def test_request_is_counted_by_its_context(
    caplog: pytest.LogCaptureFixture, error: Exception | None, errors: tuple[int, int]
) -> None:
    caplog.set_level("INFO")

    def handle(_: Request) -> object:
        if error:
            raise error
        return {}

    answer_to(handle, rest_event())

    [line] = [vars(record) for record in caplog.records if record.message == "request"]
    assert (line["clientErrors"], line["serverErrors"]) == errors
    assert line["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["service"]]
    assert line["service"] == logger.service
    assert line["route"] == "GET /profile"
