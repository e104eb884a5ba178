"""A real browser, headless: Debian's Chromium, controlled by Playwright."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, sync_playwright

from local.workspace import ALLOWED_ORIGIN

_NAMES = "chromium", "chromium-browser", "google-chrome"
_SILENT = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-features=LocalNetworkAccessChecks",  # the page that Playwright makes up has no address of this machine
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",  # it refuses to run as root with one
)
_INSTALL = ["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", "chromium"]


def chromium() -> str:
    """The path of Chromium, which is installed if possible; otherwise the test is skipped."""
    found = _found()
    if found is None and shutil.which("apt-get") is not None:
        installed = all(map(_succeeds, _INSTALL))
        found = _found() if installed else None
    if found is None:
        pytest.skip("needs Chromium, which is not here and could not be installed by apt-get")
    return found


def _succeeds(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603  one of _INSTALL


def _found() -> str | None:
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


@contextmanager
def page_of_our_origin() -> Iterator[Page]:
    """An empty page with the origin of our web site."""
    with page_of(ALLOWED_ORIGIN) as page:
        yield page


@contextmanager
def page_of(origin: str) -> Iterator[Page]:
    """An empty page of this origin. Every name leads to this machine."""
    everything = "--host-resolver-rules=MAP * 127.0.0.1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=[*_SILENT, everything], timeout=90_000)
        try:
            page = browser.new_page()
            page.route(f"{origin}/page", lambda route: route.fulfill(content_type="text/html", body="<html>"))
            page.goto(f"{origin}/page")
            yield page
        finally:
            browser.close()


FOLLOW = """
([url, within]) => new Promise((resolve, reject) => {
    const source = new EventSource(url), frames = []
    source.onmessage = event => frames.push({id: event.lastEventId, ...JSON.parse(event.data)})
    source.onerror = () => source.readyState === EventSource.CLOSED && resolve(frames)  // 204: it has stopped by itself
    setTimeout(() => reject(new Error(`no end after ${frames.length} frames`)), within)
})
"""
"""Follow a URL with EventSource, and nothing else, until the server says that there is no more."""

FOLLOW_INBOX = """
url => {
    window.seen = []
    window.source = new EventSource(url)
    source.onmessage = event => seen.push(JSON.parse(event.data))
}
"""
"""Follow a URL with EventSource; `seen` are the frames."""
