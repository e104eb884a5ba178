"""Help documents, and the syncs of the knowledge base with them."""

from tests.access.matrix import Call, over_http, row, staff
from tests.access.people import HELP_DESK, unique
from tests.access.world import World


def wanted() -> dict[str, object]:
    return {"name": f"{unique()}.md", "contentType": "text/markdown", "size": 100}


@row(HELP_DESK, "POST /kb/documents", over_http(staff(201)))
def offer_document(_: World) -> Call:
    return Call(json=wanted())


@row(HELP_DESK, "GET /kb/documents", over_http(staff(200)))
@row(HELP_DESK, "GET /kb/sync", over_http(staff(200)))
def list_documents(_: World) -> Call:
    return Call()


@row(HELP_DESK, "POST /kb/sync", over_http(staff(202)))
def request_sync(_: World) -> Call:
    return Call()


@row(HELP_DESK, "DELETE /kb/documents/{documentId}", over_http(staff(204)))
def delete_document(world: World) -> Call:
    return Call(path={"documentId": world.new_document(wanted())})
