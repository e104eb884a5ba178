"""Syncs by hand: /kb/sync"""

from datetime import UTC, datetime
from functools import partial

from knowledge_base.documents import wiring
from knowledge_base.documents.answers import RequestedSync, SyncsAnswer, syncs_answer
from knowledge_base.documents.domain.syncs import sync_page
from shared.http.api import Api
from shared.http.callers import STAFF
from shared.http.parameters import paging
from shared.http.request import Request
from shared.idempotency.claims import once
from shared.ids import new_id
from shared.persistence.unit_of_work import Write

app = Api(kind="http", prime=(wiring.requesting, wiring.syncs, wiring.first_answers, wiring.cursors))


@app.route("POST /kb/sync", callers=STAFF, key="optional", answers={202: RequestedSync})
def request_sync(request: Request) -> object:
    """Staff have the knowledge base brought to where the bucket is; of several requests, one sync waits."""
    claim, now, records = request.claim, datetime.now(UTC), wiring.first_answers()

    def record(sync_id: str) -> Write:
        return partial(records.record, claim.answered(RequestedSync(sync_id), now) if claim else None)

    def begin() -> RequestedSync:
        return RequestedSync(wiring.requesting().request(new_id(now), now, record if claim else None))

    return once(claim, records, now, begin)


@app.route("GET /kb/sync", callers=STAFF, parameters=paging(), answers={200: SyncsAnswer})
def list_syncs(request: Request) -> SyncsAnswer:
    """Staff see the syncs of 90 days, the newest first: which wait or run, what others have done, why some failed."""
    scope, cursors = "syncs", wiring.cursors()
    return syncs_answer(sync_page(wiring.syncs(), *request.page(cursors, scope)), scope, cursors)


handler = app
