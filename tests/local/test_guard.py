"""Which requests reach the local servers."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.guard import Guard, refusal
from local.workspace import ALLOWED_ORIGIN

HOST = "127.0.0.1:4566"
SITE = {"host": HOST, "origin": ALLOWED_ORIGIN}
NAMES = [
    *("127.0.0.1", "localhost:4566", "LOCALHOST:80", "[::1]:4566", "10.88.0.1:40000", "host.docker.internal:4566"),
    *("pictures.s3.localhost:4566", "abc.execute-api.us-west-2.localhost:4566", "d1.cloudfront.localhost:4566"),
]
FOREIGN_NAMES = [
    *("evil.example", "evil.example:4566", "localhost.evil.example", "127.0.0.1.nip.io", "evillocalhost", "8.8.8.8"),
    *("evil.example@127.0.0.1", "127.0.0.1@evil.example", "127.0.0.1/evil.example", "127.0.0.1:4566:80", "", " "),
    *("[::1", "localhost:", "2130706433", "127.1", "localhost..", "[2001:4860:4860::8888]", "local\u212aost"),
]
FOREIGN_ORIGINS = [
    *("http://evil.example", "null", "", "http://localhost:8000", "http://127.0.0.1:5173", "https://localhost:5173"),
    *("http://localhost:51730", "http://localhost", "http://evil.example:4566", "file://", "http://127.0.0.1"),
    *(
        "chrome-extension://abc",
        "http://localhost:5173.evil.example",
        "http://localhost:14566",
        "http://localhost:5173 ",
    ),
]


def refused(**headers: str) -> str | None:
    given_by_name = {name.replace("_", "-"): value for name, value in headers.items()}
    return refusal(lambda name: [given_by_name[name]] if name in given_by_name else [])


@pytest.mark.parametrize("host", NAMES)
def test_names_of_this_machine_are_served(host: str) -> None:
    assert refused(host=host) is None


@pytest.mark.parametrize("host", FOREIGN_NAMES)
def test_other_names_are_refused_whatever_else_is_said(host: str) -> None:
    assert "name of this machine" in str(refused(host=host))
    assert refused(host=host, origin=ALLOWED_ORIGIN)
    assert refused(host=host, origin=f"http://{host}")


def test_a_request_has_one_host() -> None:
    assert refusal(lambda _: [])
    assert refusal(lambda name: [HOST, "evil.example"] if name == "host" else [])


@pytest.mark.parametrize("origin", [ALLOWED_ORIGIN, f"http://{HOST}", "http://d1.cloudfront.localhost:4566"])
def test_pages_of_ours_may_call(origin: str) -> None:
    assert refused(host=HOST, origin=origin, sec_fetch_site="cross-site") is None


@pytest.mark.parametrize("origin", FOREIGN_ORIGINS)
def test_pages_of_others_may_not(origin: str) -> None:
    assert "pages of this machine" in str(refused(host=HOST, origin=origin))


def test_one_good_origin_does_not_excuse_another() -> None:
    headers = {"host": [HOST], "origin": [ALLOWED_ORIGIN, "http://evil.example"]}
    assert refusal(lambda name: headers.get(name, []))


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_pages_elsewhere_link_and_show_images_and_no_more(site: str) -> None:
    for kind in ("document", "image"):
        assert refused(host=HOST, sec_fetch_site=site, sec_fetch_dest=kind) is None
    for kind in ("empty", "script", "style", "iframe", "object", "font", ""):
        assert refused(host=HOST, sec_fetch_site=site, sec_fetch_dest=kind)


@pytest.mark.parametrize("site", ["none", "same-origin"])
def test_what_the_developer_opens_is_served(site: str) -> None:
    assert refused(host=HOST, sec_fetch_site=site, sec_fetch_dest="empty") is None


@given(st.text(max_size=40), st.text(max_size=40))
def test_nothing_but_our_names_and_origins_passes(host: str, origin: str) -> None:
    """However strange they are, an answer is given."""
    if host.lower().split(":")[0].rstrip(".").split(".")[-1] != "localhost" and not any(c.isdigit() for c in host):
        assert refused(host=host)
    if "localhost" not in origin.lower():
        assert refused(host=HOST, origin=origin)


# --- In front of an application


def answer_of(kind: str, path: str = "/", key: str = "secret", **headers: str) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []

    async def application(*given: Any) -> None:
        await given[2]({"type": "passed"})

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    guard = Guard(application, key, lambda path: path.startswith("/_control"))
    given_headers = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": kind, "path": path, "headers": given_headers}
    asyncio.run(guard(scope, receive, send))
    return sent


def test_refusals_say_why() -> None:
    start, body = answer_of("http", host="evil.example")
    assert start["status"] == 403
    assert b"evil.example" in body["body"]


def test_sockets_are_refused_before_they_open() -> None:
    assert [each["type"] for each in answer_of("websocket", host=HOST, origin="null")] == ["websocket.close"]
    assert answer_of("websocket", **SITE) == [{"type": "passed"}]


def test_a_server_may_start_and_stop() -> None:
    assert answer_of("lifespan") == [{"type": "passed"}]


def test_controls_need_the_key() -> None:
    assert answer_of("http", "/_control/reset", host=HOST, authorization="Bearer secret") == [{"type": "passed"}]
    for given_key in (
        "",
        "Bearer",
        "Bearer ",
        "Bearer Secret",
        "bearer secret",
        "Basic secret",
        "secret",
        "Bearer sécret",
    ):
        assert answer_of("http", "/_control/reset", host=HOST, authorization=given_key)[0]["status"] == 403
    assert answer_of("http", "/_control/reset", host=HOST)[0]["status"] == 403
    assert answer_of("http", "/other", host=HOST) == [{"type": "passed"}]


def test_without_a_key_nobody_controls() -> None:
    assert answer_of("http", "/_control/reset", key="", host=HOST, authorization="Bearer ")[0]["status"] == 403
