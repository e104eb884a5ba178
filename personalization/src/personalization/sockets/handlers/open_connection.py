"""POST /connections"""

from datetime import UTC, datetime
from http import HTTPStatus

from personalization.sockets import wiring
from personalization.sockets.answers import ConnectionAnswer
from shared.http.routes import Request, Response, route
from shared.ids import new_id
from shared.sockets.connections import issue


@route
def handler(request: Request) -> Response:
    """Anybody who is signed in gets a ticket for one socket of their own, within a minute."""
    caller, now = request.caller, datetime.now(UTC)
    wiring.access().require(caller, now, ask_anew=True)
    ticket, expires_at = issue(caller, new_id(now), wiring.tickets(), now)
    return Response(ConnectionAnswer(wiring.socket_url(), ticket, expires_at), HTTPStatus.CREATED)
