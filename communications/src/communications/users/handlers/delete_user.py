"""DELETE /users/{userId}"""

from datetime import UTC, datetime

from communications.users import wiring
from shared.errors import Conflict, Forbidden, NotFound
from shared.http.api import Api
from shared.http.request import Request

app = Api(prime=(wiring.erasing,), kind="http")


@app.route("DELETE /users/{userId}", answers={202: None}, raises=[Conflict, Forbidden, NotFound])
def delete_user(request: Request) -> None:
    """Users erase themselves, also as `me`, staff supporters, and admins staff: access ends at once. Idempotent."""
    wiring.erasing().begin(request.caller, request.path("userId"), lambda: datetime.now(UTC))


handler = app
