"""What happens to a user, as Server-Sent Events"""

from functools import partial

from communications.sockets import wiring
from communications.sockets.domain.following import SUBJECT, news, one_more
from shared.event_streams.events import event_stream
from shared.event_streams.routes import FOLLOWING, follower_of, position
from shared.http.api import Api
from shared.http.callers import TICKET_HOLDERS
from shared.http.contract import EVENT_STREAM
from shared.http.events import request_id_of
from shared.http.request import Request

app = Api(prime=(wiring.access, wiring.inbox, wiring.stream_tickets, wiring.streams), kind="http")


@app.route("GET /inbox/events", callers=TICKET_HOLDERS, parameters=FOLLOWING, answers={200: EVENT_STREAM})
def follow_inbox(request: Request) -> str:
    """Users without a socket get the frames after the last one received, within 24 s, and come back for more."""
    clock, access = wiring.clock(), wiring.access()
    caller = follower_of(request.event, SUBJECT, wiring.stream_tickets(), access, clock.now())
    with one_more(wiring.streams(), caller.user_id, request_id_of(request.event), clock):
        check = partial(access.require, caller)
        return event_stream(news(wiring.inbox(), caller.user_id, position(request), check, clock))


handler = app
