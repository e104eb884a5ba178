"""A streamed answer as Server-Sent Events."""

from personalization.following import wiring
from personalization.following.requests import run_key
from shared.event_streams.routes import FOLLOWING
from shared.http.api import Api
from shared.http.callers import FOLLOWERS
from shared.http.request import Request
from shared.http.response import Response
from shared.runs.routes import STREAM, followed

app = Api(prime=(wiring.access, wiring.run_service))


@app.route(
    "GET /agent/runs/{runId}/events", callers=FOLLOWERS, parameters=FOLLOWING, answers=STREAM, serves_signed_out=True
)
@app.route(
    "GET /api/projects/{projectId}/runs/{runId}/events",
    callers=FOLLOWERS,
    parameters=FOLLOWING,
    answers=STREAM,
    serves_signed_out=True,
    name="follow_article_run",
)
def follow_run(request: Request) -> Response:
    """Whoever started the run gets the events after the last one received, within 24 s; 204 if there are no more."""
    runs = wiring.run_service()
    return followed(request, runs.find_own(*run_key(request)), runs, wiring.access())


handler = app
