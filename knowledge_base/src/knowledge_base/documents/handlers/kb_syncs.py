"""Syncs by hand: /kb/sync"""

from datetime import UTC, datetime

from knowledge_base.documents import wiring
from knowledge_base.documents.answers import RequestedSync, SyncsAnswer, syncs_answer
from shared.http.api import Api
from shared.http.callers import STAFF
from shared.http.request import Request
from shared.ids import new_id

_NEWEST = 20

app = Api(kind="http", prime=(wiring.requesting,))


@app.route("POST /kb/sync", callers=STAFF, answers={202: RequestedSync})
def request_sync(request: Request) -> RequestedSync:  # noqa: ARG001  it has nothing to say
    """Staff have the knowledge base brought to where the bucket is; of several requests, one sync waits."""
    now = datetime.now(UTC)
    return RequestedSync(wiring.requesting().request(new_id(now), now))


@app.route("GET /kb/sync", callers=STAFF, answers={200: SyncsAnswer})
def list_syncs(request: Request) -> SyncsAnswer:  # noqa: ARG001  it has nothing to say
    """Staff see the newest syncs: which wait or run, what the others have done, and why some have failed."""
    syncs = wiring.syncs()
    return syncs_answer(syncs.slots(), syncs.ended(_NEWEST))


handler = app
