import base64
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import AlmonerError, Malformed, TooLarge, UnsupportedMediaType
from shared.http.raw_body import media_type, raw_body, read_json

JSON = {"Content-Type": "application/json"}


def event(body: str | None, headers: Mapping[str, str] | None = JSON, *, is_base64: bool = False) -> dict[str, Any]:
    return {"headers": headers, "body": body, "isBase64Encoded": is_base64}


def in_base64(body: bytes) -> str:
    return base64.b64encode(body).decode()


@given(st.text(alphabet=st.characters(), max_size=100), st.booleans(), st.text(max_size=30))
def test_hostile_events_are_refused_in_few_ways_only(body: str, is_base64: bool, content_type: str) -> None:
    for headers in (JSON, {"content-type": content_type}, None):
        try:
            read_json(event(body, headers, is_base64=is_base64), max_bytes=50)
        except AlmonerError as error:
            assert type(error) in {Malformed, TooLarge, UnsupportedMediaType}  # noqa: PT017


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "application/json"},
        {"content-type": "application/json"},
        {"CONTENT-TYPE": "Application/JSON"},
        {"content-type": "application/json; charset=utf-8"},
        {"content-type": 'application/json;charset="UTF-8"; profile=x'},
        {"Accept": "text/html", "content-type": " application/json "},
    ],
)
def test_json_is_read_whatever_the_spelling_of_its_type(headers: dict[str, str]) -> None:
    assert read_json(event('{"a": 1}', headers), max_bytes=100) == {"a": 1}


@pytest.mark.parametrize(
    "headers",
    [
        None,
        {},
        {"Accept": "application/json"},
        {"Content-Type": ""},
        {"Content-Type": "text/plain"},
        {"Content-Type": "text/plain; application/json"},
        {"Content-Type": "application/json-patch+json"},
        {"Content-Type": "application/jsonp"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/json, text/plain"},
    ],
)
def test_other_types_are_not_read(headers: dict[str, str] | None) -> None:
    with pytest.raises(UnsupportedMediaType):
        read_json(event('{"a": 1}', headers), max_bytes=100)


def test_body_in_base64_is_the_same_body() -> None:
    body = '{"name": "Zoë 山田"}'

    assert read_json(event(in_base64(body.encode()), is_base64=True), 100) == read_json(event(body), 100)


@pytest.mark.parametrize("body", ["{}", "e30", "e30===", "e3 0=", "e30=\n", "é", "\ud800"])
def test_broken_base64_is_refused(body: str) -> None:
    with pytest.raises(Malformed, match="base64"):
        read_json(event(body, is_base64=True), max_bytes=100)


def test_base64_hides_nothing() -> None:
    with pytest.raises(Malformed, match="UTF-8"):
        read_json(event(in_base64(b'"\xff"'), is_base64=True), max_bytes=100)
    with pytest.raises(Malformed, match="too deeply"):
        read_json(event(in_base64(b"[" * 33), is_base64=True), max_bytes=100)


@pytest.mark.parametrize("body", [None, ""])
@pytest.mark.parametrize("is_base64", [False, True])
def test_missing_body_is_refused(body: str | None, is_base64: bool) -> None:
    with pytest.raises(Malformed):
        read_json(event(body, is_base64=is_base64), max_bytes=100)


def test_half_a_surrogate_pair_in_the_event_itself_is_refused() -> None:
    with pytest.raises(Malformed, match="UTF-8"):
        read_json(event('"\ud800"'), max_bytes=100)


def test_size_is_counted_in_bytes_of_the_body_itself() -> None:
    body = '"éé"'  # six bytes, eight in base64

    assert read_json(event(body), max_bytes=6) == "éé"
    assert read_json(event(in_base64(body.encode()), is_base64=True), max_bytes=6) == "éé"
    with pytest.raises(TooLarge, match=r"\b6\b.*\b5\b"):
        read_json(event(body), max_bytes=5)
    with pytest.raises(TooLarge):
        read_json(event(in_base64(body.encode()), is_base64=True), max_bytes=5)


@pytest.mark.parametrize("body", [" " * 101, "[" * 101, '"\ud800"' + " " * 101, "{" + '"a":1,' * 50])
def test_large_body_is_refused_before_it_is_read(body: str) -> None:
    with pytest.raises(TooLarge):
        read_json(event(body), max_bytes=100)


def test_body_of_any_type_is_there_as_it_came() -> None:
    csv = event("é\n", {"content-TYPE": "Text/CSV; charset=utf-8"})

    assert media_type(csv) == "text/csv"
    assert raw_body(csv, 3) == "é\n".encode()
    assert raw_body(event(in_base64(b"\xff\x00"), is_base64=True), 2) == b"\xff\x00"
    assert media_type(event(None, None)) == ""
    with pytest.raises(TooLarge):
        raw_body(csv, 2)
