"""A streamed answer as Server-Sent Events."""

from commerce.support import wiring
from shared.event_streams.routes import FOLLOWING
from shared.http.api import Api
from shared.http.callers import FOLLOWERS
from shared.http.request import Request
from shared.http.response import Response
from shared.runs.routes import STREAM, followed

app = Api(prime=(wiring.access, wiring.run_service))


@app.route(
    "GET /support/runs/{runId}/events", callers=FOLLOWERS, parameters=FOLLOWING, answers=STREAM, serves_signed_out=True
)
def follow_support_run(request: Request) -> Response:
    """Whoever started the run gets the events after the last one received, within 24 s; 204 if there are no more."""
    runs = wiring.run_service()
    run = runs.find_own(request.path("runId"), request.caller.user_id)
    return followed(request, run, runs, wiring.access())


handler = app
