"""Unsubscribe links, and taking back what one has turned off"""

from datetime import UTC, datetime

from communications.unsubscribing import wiring
from communications.unsubscribing.answers import (
    SubscriptionAnswer,
    UnsubscribedAnswer,
    subscription_answer,
    unsubscribed_answer,
)
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


@app.route("POST /unsubscribe/{token}", callers=LINK_HOLDERS, answers={200: UnsubscribedAnswer}, raises=[NotFound])
def unsubscribe(request: Request) -> UnsubscribedAnswer:
    """Turn the category off for the channel, as mail programs do with one click (RFC 8058). The body is not read."""
    turned_off = wiring.unsubscribing().unsubscribe(request.path("token"), datetime.now(UTC))
    return unsubscribed_answer(turned_off)


@app.route("POST /resubscribe/{token}", callers=LINK_HOLDERS, answers={200: SubscriptionAnswer}, raises=[NotFound])
def resubscribe(request: Request) -> SubscriptionAnswer:
    """Take back what a link has turned off within the last hour, with the `undo` of its answer."""
    taken_back = wiring.unsubscribing().take_back(request.path("token"), datetime.now(UTC))
    return subscription_answer(taken_back)


handler = app
