"""Unsubscribe links: GET, POST /unsubscribe/{token}"""

from datetime import UTC, datetime

from communications.unsubscribing import wiring
from communications.unsubscribing.answers import SubscriptionAnswer, subscription_answer
from shared.errors import NotFound
from shared.http.api import Api
from shared.http.callers import LINK_HOLDERS
from shared.http.request import Request

app = Api(prime=(wiring.unsubscribing,), kind="http")


@app.route("GET /unsubscribe/{token}", callers=LINK_HOLDERS, answers={200: SubscriptionAnswer}, raises=[NotFound])
def get_subscription(request: Request) -> SubscriptionAnswer:
    """What the link turns off, and whether it is off. It changes nothing: programs follow links, too."""
    found = wiring.unsubscribing().read(request.path("token"), datetime.now(UTC))
    return subscription_answer(found)


@app.route("POST /unsubscribe/{token}", callers=LINK_HOLDERS, answers={200: SubscriptionAnswer}, raises=[NotFound])
def unsubscribe(request: Request) -> SubscriptionAnswer:
    """Turn the category off for the channel, as mail programs do with one click (RFC 8058). The body is not read."""
    turned_off = wiring.unsubscribing().unsubscribe(request.path("token"), datetime.now(UTC))
    return subscription_answer(turned_off)


handler = app
