"""POST /users/{userId}/sign-out"""

from datetime import UTC, datetime

from identity.access import wiring
from identity.access.domain.signing_out import sign_out_everywhere
from shared.errors import Forbidden, NotFound
from shared.http import edge
from shared.http.api import Api
from shared.http.callers import ADMINS
from shared.http.request import Request

app = Api(prime=(wiring.sessions, wiring.ending), kind="http")


@app.route("POST /users/{userId}/sign-out", answers={204: None}, raises=[Forbidden, NotFound], serves_signed_out=True)
def sign_out(request: Request) -> None:
    """Users sign themselves out everywhere, as `me`, and admins anybody: tokens, sockets and runs end. Idempotent."""
    caller, user_id = request.caller, request.path("userId")
    if user_id in {"me", caller.user_id}:
        if edge.access().has_ended(caller, datetime.now(UTC)):
            return  # a repeated request, whose token has ended with the first
        user_id = caller.user_id
    else:
        edge.access().require(caller, datetime.now(UTC))
        ADMINS.admit(caller)
    sign_out_everywhere(user_id, wiring.sessions(), wiring.ending(), lambda: datetime.now(UTC))


handler = app
