"""The client in docs/retries.md, as it stands there."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
import requests

from local.workspace import ROOT


def session_of_page() -> requests.Session:
    [code] = re.findall(r"```python\n(.*?)```", (ROOT / "docs/retries.md").read_text(), re.DOTALL)
    names: dict[str, requests.Session] = {}
    exec(code, names)  # noqa: S102  our own page
    return names["session"]


@contextmanager
def server(*answers: tuple[int, dict[str, str]]) -> Iterator[str]:
    waiting = list(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            status, headers = waiting.pop(0)
            self.send_response(status)
            for name, value in (headers | {"Content-Length": "0"}).items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as http:
        Thread(target=http.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}/tickets"
        http.shutdown()


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    pauses = list[float]()
    monkeypatch.setattr(time, "sleep", pauses.append)
    return pauses


def test_without_retry_after_the_client_backs_off_longer_each_time(pauses: list[float]) -> None:
    with server(*[(503, {})] * 3, (201, {})) as url:
        assert session_of_page().post(url, json={}).status_code == 201
    second, third = pauses
    assert 0.5 <= second <= 1 <= third <= 1.5


def test_retry_after_is_kept_to(pauses: list[float]) -> None:
    with server((429, {"Retry-After": "7"}), (201, {})) as url:
        assert session_of_page().post(url, json={}).status_code == 201
    assert pauses == [7]


def test_the_last_answer_is_given_back(pauses: list[float]) -> None:
    with server(*[(503, {})] * 6) as url:
        assert session_of_page().post(url, json={}).status_code == 503
    assert len(pauses) == 4


def test_what_is_refused_is_not_repeated(pauses: list[float]) -> None:
    with server((422, {})) as url:
        assert session_of_page().post(url, json={}).status_code == 422
    assert pauses == []
