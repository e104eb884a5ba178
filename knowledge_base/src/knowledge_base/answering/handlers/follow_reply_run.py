"""A suggested reply as Server-Sent Events"""

from datetime import UTC, datetime
from functools import partial

from knowledge_base.answering import wiring
from shared.event_streams.routes import FOLLOWING, follower_of
from shared.http.api import Api
from shared.http.callers import TICKET_HOLDERS
from shared.http.request import Request
from shared.http.response import Response
from shared.runs.routes import STREAM, followed_until

app = Api(prime=(wiring.access, wiring.run_service, wiring.run_tickets), kind="http")


@app.route("GET /tickets/{ticketId}/runs/{runId}/events", callers=TICKET_HOLDERS, parameters=FOLLOWING, answers=STREAM)
def follow_reply_run(request: Request) -> Response:
    """Whoever started it gets the events after the last one received, within 24 s; 204 if there are no more."""
    runs, access, run_id = wiring.run_service(), wiring.access(), request.path("runId")
    caller = follower_of(request.event, run_id, wiring.run_tickets(), access, datetime.now(UTC))
    run = runs.find_own(run_id, caller.user_id, request.path("ticketId"))
    return followed_until(request, run, runs, partial(access.require, caller))


handler = app
