"""POST /connections"""

from datetime import UTC, datetime
from http import HTTPStatus

from personalization import live
from personalization.answers import ConnectionAnswer
from shared.http import Request, Response, route
from shared.ids import new_id
from shared.sockets import issue


@route
def handler(request: Request) -> Response:
    """Anybody who is signed in gets a ticket for one socket of their own, within a minute."""
    caller, now = request.caller, datetime.now(UTC)
    live.access().require(caller, now, ask_anew=True)
    ticket, expires_at = issue(caller, new_id(now), live.tickets(), now)
    return Response(ConnectionAnswer(live.door_settings().socket_url, ticket, expires_at), HTTPStatus.CREATED)
