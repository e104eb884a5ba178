"""POST /erasures"""

from datetime import UTC, datetime

from knowledge_base.mail import wiring
from knowledge_base.mail.requests import EraseAddress
from shared.http.api import Api
from shared.http.callers import STAFF
from shared.http.request import Request

app = Api(prime=(wiring.strangers,), kind="http")


@app.route("POST /erasures", callers=STAFF, body=EraseAddress, answers={202: None})
def erase_address(request: Request[EraseAddress]) -> None:
    """Staff have erased whoever wrote from an address by mail without an account: tickets, files and mails go.

    Users with an account are erased by `DELETE /users/{userId}`; what they wrote as themselves stays here. Idempotent.
    """
    now = datetime.now(UTC)
    wiring.strangers().erase_address(request.body.to_address(), now, now)


handler = app
