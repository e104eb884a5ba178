"""What no document answers"""

from datetime import UTC, datetime

from knowledge_base.answering import wiring
from knowledge_base.answering.answers import GapList, gap_list
from shared.http.api import Api
from shared.http.callers import STAFF
from shared.http.request import Request

app = Api(prime=(wiring.gap_service,), kind="http")


@app.route("GET /kb/gaps", callers=STAFF, answers={200: GapList})
def list_gaps(_: Request) -> GapList:
    """Staff see what tickets of the last 180 days ask and no document answers: those that ask the same together."""
    return gap_list(wiring.gap_service().clusters(datetime.now(UTC)))


handler = app
