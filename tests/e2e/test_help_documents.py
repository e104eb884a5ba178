"""Help documents on the running platform: from a form to what is retrieved, and until nothing is retrieved any more."""

import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from tests.e2e.clients import Api, Platform, User, eventually

pytestmark = pytest.mark.platform

REFUNDS = "We refund whatever you return within thirty days."
NOTHING_BACK = "We never give anything back, whatever you return."
HATS = "Money matters little to volunteers who knit hats for premature babies."
HOURS = "Our charity shop opens at nine and closes at five."
QUESTION = "How do I get my money back?"
BURST, PATIENCE_SECONDS = 100, 300


@pytest.fixture
def library(help_desk: Callable[..., Api], staff: User) -> Api:
    return help_desk(staff)


@pytest.fixture
def prefix(library: Api) -> Iterator[str]:
    """Of names that are the test's own; its documents are deleted in the end."""
    prefix = f"t{secrets.token_hex(4)} "
    yield prefix
    for each in listed(library, prefix).values():
        library("DELETE", f"/kb/documents/{each['documentId']}")


def listed(library: Api, prefix: str) -> dict[str, dict[str, Any]]:
    items = library.get("/kb/documents").json()["items"]
    return {each["name"].removeprefix(prefix): each for each in items if each["name"].startswith(prefix)}


def states(library: Api, prefix: str) -> dict[str, str]:
    return {name: document["state"] for name, document in listed(library, prefix).items()}


def syncs(library: Api) -> list[dict[str, Any]]:
    """The newest, with the one that runs and the one that waits."""
    items: list[dict[str, Any]] = library.get("/kb/sync").json()["items"]
    return items


def upload(library: Api, name: str, content: str) -> None:
    wanted = {"name": name, "contentType": "text/markdown", "size": 2000}
    answer = library("POST", "/kb/documents", json=wanted)
    assert answer.status_code == 201, answer.text
    form = answer.json()["upload"]
    origin = {"Origin": "http://localhost:5173"}
    posted = requests.post(form["url"], form["fields"], files={"file": content.encode()}, headers=origin, timeout=10)
    assert posted.status_code == 204, posted.text


def retrieved(platform: Platform, prefix: str) -> list[tuple[str, str]]:
    """The names of the test's documents among the best passages, with these."""
    [base] = platform.aws("bedrock-agent").list_knowledge_bases()["knowledgeBaseSummaries"]
    results = platform.aws("bedrock-agent-runtime").retrieve(
        knowledgeBaseId=base["knowledgeBaseId"],
        retrievalQuery={"text": QUESTION},
        retrievalConfiguration={"vectorSearchConfiguration": {"numberOfResults": 100}},
    )["retrievalResults"]
    found = [(each["location"]["s3Location"]["uri"].rpartition("/")[2], each["content"]["text"]) for each in results]
    return [(name.removeprefix(prefix), text) for name, text in found if name.startswith(prefix)]


def test_uploaded_documents_become_searchable_change_and_go(library: Api, platform: Platform, prefix: str) -> None:
    for name, content in {"refunds.md": REFUNDS, "hats.md": HATS, "hours.md": HOURS}.items():
        upload(library, prefix + name, content)
    everything = dict.fromkeys(("hats.md", "hours.md", "refunds.md"), "searchable")
    eventually(lambda: states(library, prefix) == everything, PATIENCE_SECONDS)
    assert retrieved(platform, prefix)[0] == ("refunds.md", REFUNDS)

    upload(library, f"{prefix}refunds.md", NOTHING_BACK)

    def has_changed() -> bool:
        document = listed(library, prefix)["refunds.md"]
        return bool((document["version"], document["state"]) == (2, "searchable"))

    eventually(has_changed, PATIENCE_SECONDS)
    assert ("refunds.md", NOTHING_BACK) in retrieved(platform, prefix)
    assert ("refunds.md", REFUNDS) not in retrieved(platform, prefix)

    document_id = listed(library, prefix)["refunds.md"]["documentId"]
    assert library("DELETE", f"/kb/documents/{document_id}").status_code == 204
    assert states(library, prefix).get("refunds.md", "deleting") == "deleting"
    eventually(lambda: "refunds.md" not in states(library, prefix), PATIENCE_SECONDS)
    assert "refunds.md" not in dict(retrieved(platform, prefix))
    assert library("DELETE", f"/kb/documents/{document_id}").status_code == 404


def test_unreadable_document_says_why(library: Api, prefix: str) -> None:
    upload(library, f"{prefix}empty.md", " \n")
    eventually(lambda: states(library, prefix) == {"empty.md": "failed"}, PATIENCE_SECONDS)
    assert "no text" in listed(library, prefix)["empty.md"]["reason"]


def test_burst_of_uploads_is_few_jobs(library: Api, prefix: str) -> None:
    eventually(lambda: not {"waiting", "running"} & {sync["state"] for sync in syncs(library)}, PATIENCE_SECONDS)
    before = {sync["syncId"] for sync in syncs(library)}

    with ThreadPoolExecutor(8) as pool:
        names = [f"{prefix}{number:03}.md" for number in range(BURST)]
        list(pool.map(lambda name: upload(library, name, f"{HATS} This is {name}."), names))

    def are_searchable() -> bool:
        return list(states(library, prefix).values()) == ["searchable"] * BURST

    eventually(are_searchable, PATIENCE_SECONDS)
    jobs = sum(sync["attempts"] for sync in syncs(library) if sync["syncId"] not in before)
    print(f"{BURST} uploads: {jobs} jobs")  # noqa: T201  measured
    assert 1 <= jobs <= BURST // 8


def test_sync_by_hand_is_done(library: Api) -> None:
    answer = library("POST", "/kb/sync")
    assert answer.status_code == 202
    sync_id = answer.json()["syncId"]

    def is_done() -> bool:
        return any(sync["syncId"] == sync_id and sync["state"] == "done" for sync in syncs(library))

    eventually(is_done, PATIENCE_SECONDS)
