"""A streamed answer as Server-Sent Events."""

from datetime import UTC, datetime

from personalization.runs import wiring
from personalization.runs.requests import run_key
from shared.http.api import Api
from shared.http.callers import FOLLOWERS
from shared.http.contract import EVENT_STREAM
from shared.http.parameters import optional_text, optional_whole_number
from shared.http.request import Request
from shared.http.response import Response
from shared.runs.server_sent_events import event_stream

app = Api(prime=(wiring.access, wiring.run_service))

_MAX_SEQ = 999_999_999
_AFTER = optional_whole_number("after", 0, _MAX_SEQ, description="`id` of the last event that was received.")
_LAST_EVENT_ID = optional_whole_number(
    "Last-Event-ID", 0, _MAX_SEQ, place="header", description="Goes before `after`: EventSource sends it."
)
_TICKET = optional_text("ticket", max_length=1024, description="For who can send no token in a header.")
_PARAMETERS = [_AFTER, _LAST_EVENT_ID, _TICKET]
_STREAM = {200: EVENT_STREAM, 204: None}


@app.route(
    "GET /agent/runs/{runId}/events", callers=FOLLOWERS, parameters=_PARAMETERS, answers=_STREAM, serves_signed_out=True
)
@app.route(
    "GET /api/projects/{projectId}/runs/{runId}/events",
    callers=FOLLOWERS,
    parameters=_PARAMETERS,
    answers=_STREAM,
    serves_signed_out=True,
    name="follow_article_run",
)
def follow_run(request: Request) -> Response:
    """Whoever started the run gets the events after the last one received, within 24 s; 204 if there are no more."""
    last = request.value(_LAST_EVENT_ID)
    after = request.value(_AFTER) if last is None else last
    runs = wiring.run_service()
    frames = runs.poll(runs.find_own(*run_key(request)), after=after or 0)
    wiring.access().require(request.caller, datetime.now(UTC))  # the authorizer has looked up to 24 s ago
    return Response(204) if frames is None else Response(200, event_stream(frames))


handler = app
