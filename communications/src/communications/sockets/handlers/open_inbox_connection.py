"""POST /connections"""

from datetime import UTC, datetime

from communications.sockets import wiring
from shared.http.api import Api
from shared.http.request import Request
from shared.sockets.lifecycle import ConnectionAnswer, connection_for

app = Api(prime=(wiring.tickets, wiring.socket_url), kind="http")


@app.route("POST /connections", answers={201: ConnectionAnswer})
def open_connection(request: Request) -> ConnectionAnswer:
    """Signed-in users get a ticket that opens one socket within a minute."""
    return connection_for(request.caller, wiring.socket_url(), wiring.tickets(), datetime.now(UTC))


handler = app
