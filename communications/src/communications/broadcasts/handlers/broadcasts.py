"""Broadcasts that were started: GET /broadcasts, and one of them"""

from datetime import UTC, datetime

from communications.broadcasts import wiring
from communications.broadcasts.answers import (
    SCOPE,
    BroadcastAnswer,
    BroadcastsAnswer,
    broadcast_answer,
    broadcasts_answer,
)
from communications.broadcasts.domain.broadcasts import find, stop
from shared.errors import NotFound
from shared.http.api import Api
from shared.http.callers import STAFF
from shared.http.parameters import paging
from shared.http.request import Request

app = Api(prime=(wiring.broadcasts, wiring.suppressions, wiring.cursors), kind="http")


@app.route("GET /broadcasts", callers=STAFF, parameters=paging(), answers={200: BroadcastsAnswer})
def list_broadcasts(request: Request) -> BroadcastsAnswer:
    """Staff list broadcasts, the newest first."""
    cursors = wiring.cursors()
    return broadcasts_answer(wiring.broadcasts().listed(*request.page(cursors, SCOPE)), cursors)


@app.route("GET /broadcasts/{broadcastId}", callers=STAFF, answers={200: BroadcastAnswer}, raises=[NotFound])
def get_broadcast(request: Request) -> BroadcastAnswer:
    """Staff read how far a broadcast has come, and what was decided, by channel and outcome."""
    return broadcast_answer(find(wiring.broadcasts(), request.path("broadcastId")))


@app.route("POST /broadcasts/{broadcastId}/stop", callers=STAFF, answers={200: BroadcastAnswer}, raises=[NotFound])
def stop_broadcast(request: Request) -> BroadcastAnswer:
    """Staff stop a broadcast: at most the page that is being worked on still goes out, and what quiet hours or digests
    hold is dropped. An ended one stays as it is."""
    broadcast_id, now = request.path("broadcastId"), datetime.now(UTC)
    return broadcast_answer(stop(wiring.broadcasts(), wiring.suppressions(), broadcast_id, now))


handler = app
