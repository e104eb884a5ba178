"""In a real browser: a page of somebody else does nothing on the local servers, and reads nothing."""

import secrets
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from local.inbox.server import application
from local.workspace import Workspace
from tests.e2e.browser import page_of
from tests.e2e.clients import Platform
from tests.shared.applications import served

pytestmark = pytest.mark.platform

EVIL = "evil.example"
_ATTACKS = """
async ([url, name]) => {
    const code = {FunctionName: name, Runtime: "python3.13", Handler: "a.b", Role: "arn:aws:iam::000000000000:role/a",
                  Code: {ZipFile: "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA=="}}
    const claim = "X-Amz-Credential=test/20260101/us-west-2/lambda/aws4_request"
    const signed = {Authorization: "AWS4-HMAC-SHA256 Credential=test/20260101/us-west-2/lambda/aws4_request"}
    const create = JSON.stringify(code)
    const attacks = {
        create: ["/2015-03-31/functions", {method: "POST", mode: "no-cors", body: create}],
        createByQuery: [`/2015-03-31/functions?${claim}`, {method: "POST", mode: "no-cors", body: create}],
        createSigned: ["/2015-03-31/functions", {method: "POST", headers: signed, body: create}],
        reset: ["/_ministack/reset", {method: "POST", mode: "no-cors"}],
        behave: ["/_model/behaviour", {method: "PUT", body: "{}"}],
        prompts: ["/_model/requests", {}],
        passTime: ["/_payments/pass-time", {method: "POST", mode: "no-cors"}],
        charge: ["/v1/payment_intents", {method: "POST", mode: "no-cors", body: new URLSearchParams({amount: "1"})}],
        mail: ["/messages", {}],
        home: ["/", {}],
        script: ["/messages?script", {mode: "no-cors"}],
    }
    const outcomes = {}
    for (const [attack, [path, options]] of Object.entries(attacks)) {
        try {
            const answer = await fetch(url + path, options)
            outcomes[attack] = answer.type === "opaque" ? "opaque" : `${answer.status} ${await answer.text()}`
        } catch (error) {
            outcomes[attack] = "failed"
        }
    }
    return outcomes
}
"""
_SOCKET = """
url => new Promise(resolve => {
    const socket = new WebSocket(url)
    socket.onopen = () => resolve("open")
    socket.onerror = () => resolve("refused")
})
"""


@pytest.fixture(params=["endpoint", "model", "payments", "inbox"])
def url(request: pytest.FixtureRequest, platform: Platform) -> Iterator[str]:
    """Of each local server."""
    if request.param == "inbox":
        with served(application(Workspace(platform.state, 0))) as inbox:
            yield inbox
    else:
        yield platform.outputs[request.param]


def attacked(page: Page, url: str, platform: Platform) -> dict[str, str]:
    """What the page sees. Fails if anything but refusals was sent to it, or a function was made."""
    statuses, name = list[int](), f"intruder-{secrets.token_hex(4)}"
    page.on("response", lambda response: statuses.append(response.status))
    outcomes: dict[str, str] = page.evaluate(_ATTACKS, [url, name])
    assert statuses
    assert set(statuses) == {403}
    assert not [each for each in platform.functions if each["FunctionName"] == name]
    return outcomes


def test_page_of_another_origin_does_and_reads_nothing(url: str, platform: Platform) -> None:
    with page_of(f"http://{EVIL}") as page:
        outcomes = attacked(page, url, platform)
    assert set(outcomes.values()) <= {"opaque", "failed"}


def test_page_under_a_rebound_name_does_and_reads_nothing(url: str, platform: Platform) -> None:
    """The name of its server leads to this machine now, so that the browser takes both for one."""
    rebound = f"http://{EVIL}:{urlsplit(url).port}"
    with page_of(rebound) as page:
        outcomes = attacked(page, rebound, platform)
    assert all("name of this machine" in outcome for outcome in outcomes.values()), outcomes


@pytest.mark.parametrize("context", ["personalization", "commerce", "communications"])
def test_page_of_another_origin_opens_no_socket(context: str, platform: Platform) -> None:
    with page_of(f"http://{EVIL}") as page:
        assert page.evaluate(_SOCKET, f"{platform.outputs['sockets'][context]}?ticket=x") == "refused"


def test_everything_is_still_there(platform: Platform, staff: Any) -> None:
    assert platform.tables
    assert staff.access_token
