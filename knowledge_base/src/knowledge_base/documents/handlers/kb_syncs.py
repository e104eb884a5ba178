"""Syncs by hand: /kb/sync"""

from datetime import UTC, datetime

from knowledge_base.documents import wiring
from knowledge_base.documents.answers import RequestedSync, SyncsAnswer, syncs_answer
from knowledge_base.documents.domain.syncs import sync_page
from shared.http.api import Api
from shared.http.callers import STAFF
from shared.http.parameters import paging
from shared.http.request import Request
from shared.ids import new_id

app = Api(kind="http", prime=(wiring.requesting, wiring.syncs, wiring.cursors))


@app.route("POST /kb/sync", callers=STAFF, answers={202: RequestedSync})
def request_sync(request: Request) -> RequestedSync:  # noqa: ARG001  it has nothing to say
    """Staff have the knowledge base brought to where the bucket is; of several requests, one sync waits."""
    now = datetime.now(UTC)
    return RequestedSync(wiring.requesting().request(new_id(now), now))


@app.route("GET /kb/sync", callers=STAFF, parameters=paging(), answers={200: SyncsAnswer})
def list_syncs(request: Request) -> SyncsAnswer:
    """Staff see the syncs of 90 days, the newest first: which wait or run, what others have done, why some failed."""
    scope, cursors = "syncs", wiring.cursors()
    return syncs_answer(sync_page(wiring.syncs(), *request.page(cursors, scope)), scope, cursors)


handler = app
