"""A streamed answer as Server-Sent Events."""

from datetime import UTC, datetime
from http import HTTPStatus

from personalization.runs import wiring
from personalization.runs.own_run import own_run
from shared.http.routes import Request, Response, routes
from shared.runs.following import event_stream, poll, position


def follow_run(request: Request) -> Response:
    """Whoever has started it gets what follows Last-Event-ID or `after`, within 24 s; 204 when all of it was read."""
    after = position(request.header("Last-Event-ID") or request.optional_query("after"))
    run = own_run(request)
    frames = poll(run, after, wiring.log(), lambda: datetime.now(UTC))
    if frames is None:
        return Response(None, HTTPStatus.NO_CONTENT)
    return Response(event_stream(frames), content_type="text/event-stream")


handler = routes(
    {
        "GET /agent/runs/{runId}/events": follow_run,
        "GET /api/projects/{projectId}/runs/{runId}/events": follow_run,
    }
)
