"""/kb/documents, DELETE /kb/documents/{documentId}"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from knowledge_base.documents import wiring
from knowledge_base.documents.domain.documents import DocumentState, document_id_of
from knowledge_base.documents.domain.files import MAX_BYTES, SUFFIXES
from knowledge_base.documents.domain.library import FORM_VALID
from knowledge_base.documents.handlers.documents import handler
from shared.errors import Unavailable
from shared.http.cursors import Cursors
from shared.json.encoding import moment
from tests.knowledge_base.documents.examples import a_document
from tests.knowledge_base.documents.world import World
from tests.shared.gateway_events import access_claims
from tests.shared.http_api_calls import SUPPORTER, call

STAFF = access_claims("sue", "[staff]")
OFFER, LIST, DELETE = "POST /kb/documents", "GET /kb/documents", "DELETE /kb/documents/{documentId}"
WANTED = {"name": "Rückgabe (2026).md", "contentType": "text/markdown", "size": 4000}

pytestmark = pytest.mark.usefixtures("edge")


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    world = World()
    monkeypatch.setattr(wiring, "library", lambda: world.library)
    monkeypatch.setattr(wiring, "cursors", lambda: Cursors("key"))
    return world


@pytest.mark.usefixtures("world")
def test_staff_get_a_form_for_five_minutes() -> None:
    status, offered = call(handler, OFFER, WANTED, claims=STAFF)

    assert status == 201
    assert offered.keys() == {"documentId", "upload", "expiresAt"}
    assert offered["documentId"] == document_id_of(str(WANTED["name"]))
    assert offered["upload"]["fields"] == {
        "key": WANTED["name"],
        "Content-Type": "text/markdown",
        "valid": str(FORM_VALID.seconds),
    }
    assert moment(offered["expiresAt"])


@pytest.mark.usefixtures("world")
def test_every_type_is_taken_under_its_ending() -> None:
    for content_type, suffix in SUFFIXES.items():
        body = WANTED | {"name": f"page{suffix}", "contentType": content_type}
        assert call(handler, OFFER, body, claims=STAFF)[0] == 201
        assert call(handler, OFFER, body | {"name": "page.exe"}, claims=STAFF)[0] == 422


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "../secrets.md"}, "name"),
        ({"name": "a/b.md"}, "name"),
        ({"name": ".md"}, "name"),
        ({"name": "_a.md"}, "name"),
        ({"name": "a\n.md"}, "name"),
        ({"name": "<b>.md"}, "name"),
        ({"name": "x" * 126 + ".md"}, "name"),
        ({"name": ""}, "name"),
        ({"contentType": "image/svg+xml"}, "contentType"),
        ({"size": 0}, "size"),
        ({"size": MAX_BYTES + 1}, "size"),
        ({"size": "10"}, "size"),
        ({"key": "x"}, "key"),
    ],
)
def test_what_cannot_be_a_document_is_refused(change: dict[str, Any], field: str) -> None:
    status, problem = call(handler, OFFER, WANTED | change, claims=STAFF)

    assert status == 422
    assert [error["field"] for error in problem["errors"]] == [field]


def test_documents_are_listed_by_name_with_their_states(world: World) -> None:
    failed = replace(a_document("hats.pdf"), state=DocumentState.FAILED, reason="It cannot be read.")
    for document in (a_document("refunds.md"), failed, a_document("gone.md", DocumentState.DELETED)):
        world.documents.save(document)

    status, answer = call(handler, LIST, claims=STAFF)

    assert status == 200
    assert answer["items"] == [
        {
            "documentId": document_id_of("hats.pdf"),
            "name": "hats.pdf",
            "state": "failed",
            "reason": "It cannot be read.",
            "version": 1,
            "size": 40,
            "updatedAt": "2026-11-30T09:30:00.123Z",
        },
        {
            "documentId": document_id_of("refunds.md"),
            "name": "refunds.md",
            "state": "uploaded",
            "reason": None,
            "version": 1,
            "size": 40,
            "updatedAt": "2026-11-30T09:30:00.123Z",
        },
    ]


def test_documents_are_listed_page_by_page_and_by_state(world: World) -> None:
    states = [DocumentState.FAILED, DocumentState.SEARCHABLE]
    for number in range(5):
        world.documents.save(a_document(f"page {number}.md", states[number % 2]))

    first = call(handler, LIST, claims=STAFF, query={"limit": "2", "state": "failed"})[1]
    assert [each["name"] for each in first["items"]] == ["page 0.md", "page 2.md"]
    cursor = first["nextCursor"]
    second = call(handler, LIST, claims=STAFF, query={"limit": "2", "state": "failed", "cursor": cursor})[1]
    assert ([each["name"] for each in second["items"]], second["nextCursor"]) == (["page 4.md"], None)
    for wrong, status in (({"cursor": cursor}, 400), ({"state": "deleted"}, 422), ({"limit": "501"}, 400)):
        assert call(handler, LIST, claims=STAFF, query=wrong)[0] == status


def test_deleted_document_is_out_of_use_at_once_and_gone_later(world: World) -> None:
    world.files.put("a.md", "text")
    world.settle()
    document_id = document_id_of("a.md")

    for _ in range(2):
        assert call(handler, DELETE, claims=STAFF, documentId=document_id) == (204, None)
        assert world.states() == {"a.md": "deleting"}
    assert world.files.contents == {}

    world.settle()
    assert call(handler, LIST, claims=STAFF)[1] == {"items": [], "nextCursor": None}
    assert world.base.contents == {}
    for nothing in (document_id, "other"):
        assert call(handler, DELETE, claims=STAFF, documentId=nothing)[0] == 404


def test_deletion_that_was_recorded_is_completed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.files.put("a.md", "text")
    world.settle()

    def broken(_: str) -> None:
        raise Unavailable("S3 is out of reach.")

    world.files.put("a.md", "an upload that nobody has looked at")
    with monkeypatch.context() as patch:
        patch.setattr(world.files, "hide", broken)
        assert call(handler, DELETE, claims=STAFF, documentId=document_id_of("a.md"))[0] == 503
    assert world.files.contents.keys() == {"a.md"}

    world.now += timedelta(minutes=1)
    world.settle()
    assert world.files.contents == {}
    assert world.states() == {}


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(("route", "body"), [(OFFER, WANTED), (LIST, None), (DELETE, None)])
def test_documents_are_for_staff(route: str, body: object) -> None:
    for claims, status in ((SUPPORTER, 403), (None, 401)):
        path = {"documentId": "x"} if route == DELETE else {}
        assert call(handler, route, body, claims=claims, query=None, headers=None, **path)[0] == status
