"""Help documents: /kb/documents, DELETE /kb/documents/{documentId}"""

from datetime import UTC, datetime

from knowledge_base.documents import wiring
from knowledge_base.documents.answers import DocumentsAnswer, documents_answer
from knowledge_base.documents.domain.library import ListedState, OfferedDocument
from knowledge_base.documents.requests import OfferDocument
from shared.http.api import Api
from shared.http.callers import STAFF
from shared.http.parameters import optional_choice, paging
from shared.http.request import Request

app = Api(kind="http", prime=(wiring.library, wiring.cursors))

_STATE = optional_choice("state", ListedState, description="Only those that are in this state.")


@app.route("POST /kb/documents", callers=STAFF, body=OfferDocument, answers={201: OfferedDocument})
def offer_document(request: Request[OfferDocument]) -> OfferedDocument:
    """Staff get a form that uploads a document, or a new version of the one with this name, within five minutes.

    A sync that starts seconds after the upload makes it searchable.
    """
    return wiring.library().offer(request.body.to_wanted(), datetime.now(UTC))


@app.route(
    "GET /kb/documents",
    callers=STAFF,
    parameters=[_STATE, *paging(size=200, max_size=500)],
    answers={200: DocumentsAnswer},
)
def list_documents(request: Request) -> DocumentsAnswer:
    """Staff see the documents by name: which are searchable, and why others are not."""
    state, cursors = request.value(_STATE), wiring.cursors()
    scope = f"documents:{state}"
    return documents_answer(wiring.library().listed(state, *request.page(cursors, scope)), scope, cursors)


@app.route("DELETE /kb/documents/{documentId}", callers=STAFF, answers={204: None})
def delete_document(request: Request) -> None:
    """Staff delete a document: nothing of it is used from here on, and the next sync deletes all its versions."""
    wiring.library().delete(request.path("documentId"), datetime.now(UTC))


handler = app
