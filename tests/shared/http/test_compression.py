"""Answers of HTTP APIs are compressed for whoever accepts that, and are the same."""

import base64
import gzip
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.http.api import Api
from shared.http.callers import ANYBODY
from shared.http.compression import MIN_BYTES, compressed
from shared.http.contract import CSV, EVENT_STREAM
from shared.http.response import Answer, Response
from tests.shared.gateway_events import http_api_event, rest_event
from tests.shared.lambda_context import CONTEXT

pytestmark = pytest.mark.usefixtures("edge")

LONG = "a charity shop " * 100


def accepting(coding: str) -> dict[str, Any]:
    return http_api_event(headers={"accept-encoding": coding})


def answer_to(event: dict[str, Any], result: object = LONG, further: int = 0, **contract: Any) -> dict[str, Any]:
    app = Api(kind="http" if "routeKey" in event else "rest")
    route = event.get("routeKey") or f"{event['httpMethod']} {event['resource']}"
    app.route(route, **{"answers": {200: str}, "callers": ANYBODY, **contract})(lambda _: result)
    for number in range(further):
        app.route(f"GET /further/{number}", answers={200: str}, callers=ANYBODY)(lambda _: "another")
    return app(event, CONTEXT)


def decoded(answer: dict[str, Any]) -> str:
    return gzip.decompress(base64.b64decode(answer["body"])).decode()


@pytest.mark.parametrize("further", [0, 2], ids=["one route", "several routes"])
@pytest.mark.parametrize("coding", ["gzip", "GZIP", "br, gzip;q=0.5", "deflate,gzip ; q=1.0", "x-gzip"])
def test_long_answer_is_compressed_for_whoever_accepts_gzip(coding: str, further: int) -> None:
    answer = answer_to(accepting(coding), further=further)

    assert answer["isBase64Encoded"]
    assert answer["headers"]["Content-Encoding"] == "gzip"
    assert answer["headers"]["Vary"] == "Accept-Encoding"
    assert answer["headers"]["Content-Type"] == "application/json"
    assert decoded(answer) == f'"{LONG}"'


@pytest.mark.parametrize("coding", ["", "*", "br", "identity", "gzip;q=0", "gzip;q=0.000", "gzip;q=x", "notgzip"])
def test_nobody_else_gets_it_compressed(coding: str) -> None:
    answer = answer_to(accepting(coding))

    assert answer["body"] == f'"{LONG}"'
    assert not answer["isBase64Encoded"]
    assert "Content-Encoding" not in answer["headers"]
    assert answer["headers"]["Vary"] == "Accept-Encoding"


def test_what_fits_into_a_packet_is_sent_as_it_is() -> None:
    headers = answer_to(accepting("gzip"), "short")["headers"]

    assert headers.keys().isdisjoint({"Content-Encoding", "Vary"})


def test_event_streams_are_never_compressed() -> None:
    answer = answer_to(accepting("gzip"), Response(200, LONG), answers={200: EVENT_STREAM, 204: None})

    assert answer["body"] == LONG


def test_text_of_other_types_is() -> None:
    assert decoded(answer_to(accepting("gzip"), LONG, answers={200: CSV})) == LONG


def test_gateway_of_a_rest_api_does_it_itself() -> None:
    answer = answer_to(rest_event(headers={"Accept-Encoding": "gzip"}, resource="/items"))

    assert answer["body"] == f'"{LONG}"'


@given(st.text() | st.text(min_size=MIN_BYTES))
def test_what_was_compressed_is_what_was_answered(body: str) -> None:
    before = Answer(200, {"Content-Type": "application/json"}, body)
    after = compressed(before, accepting("gzip"))

    if len(body.encode()) < MIN_BYTES:
        assert after == before
    else:
        assert gzip.decompress(base64.b64decode(after.body)) == body.encode()
