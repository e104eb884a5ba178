"""A streamed answer as Server-Sent Events."""

from datetime import UTC, datetime
from http import HTTPStatus

from personalization.runs import wiring
from personalization.runs.requests import run_key
from shared.http.routes import Request, Response, routes
from shared.runs.server_sent_events import event_stream, position


def follow_run(request: Request) -> Response:
    """Whoever started the run gets what follows Last-Event-ID or `after`, within 24 s; 204 when all of it was read."""
    after = position(request.header("Last-Event-ID") or request.optional_query("after"))
    wiring.access().require(request.caller, datetime.now(UTC))
    runs = wiring.run_service()
    frames = runs.poll(runs.find_own(*run_key(request)), after=after)
    if frames is None:
        return Response(None, HTTPStatus.NO_CONTENT)
    return Response(event_stream(frames), content_type="text/event-stream")


handler = routes(
    {
        "GET /agent/runs/{runId}/events": follow_run,
        "GET /api/projects/{projectId}/runs/{runId}/events": follow_run,
    }
)
