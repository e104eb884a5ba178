"""POST /connections"""

from datetime import UTC, datetime

from personalization.sockets import wiring
from personalization.sockets.answers import ConnectionAnswer
from shared.http.api import Api
from shared.http.request import Request
from shared.ids import new_id
from shared.sockets.connections import issue

app = Api(prime=(wiring.tickets, wiring.socket_url))


@app.route("POST /connections", answers={201: ConnectionAnswer})
def open_connection(request: Request) -> ConnectionAnswer:
    """Signed-in users get a ticket that opens one socket within a minute."""
    caller, now = request.caller, datetime.now(UTC)
    ticket, expires_at = issue(caller, new_id(now), wiring.tickets(), now)
    return ConnectionAnswer(wiring.socket_url(), ticket, expires_at)


handler = app
