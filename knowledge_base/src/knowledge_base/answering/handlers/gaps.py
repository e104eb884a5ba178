"""What no document answers"""

from datetime import UTC, datetime

from knowledge_base.answering import wiring
from knowledge_base.answering.answers import GapList, gap_list
from shared.http.api import Api
from shared.http.callers import STAFF
from shared.http.parameters import paging
from shared.http.request import Request

app = Api(prime=(wiring.gap_service, wiring.cursors), kind="http")


@app.route("GET /kb/gaps", callers=STAFF, parameters=paging(size=100, max_size=500), answers={200: GapList})
def list_gaps(request: Request) -> GapList:
    """Staff see what tickets of the last 180 days ask and no document answers: those that ask the same together."""
    scope, cursors = "gaps", wiring.cursors()
    page = wiring.gap_service().listed(*request.page(cursors, scope), datetime.now(UTC))
    return gap_list(page, scope, cursors)


handler = app
