"""POST /webhooks/stripe"""

from commerce.payments import wiring
from commerce.payments.domain.events import NotVerified
from shared.errors import Malformed
from shared.http.api import Api
from shared.http.callers import SIGNERS
from shared.http.contract import JSON
from shared.http.events import header_values
from shared.http.request import Request
from shared.observability.logs import logger
from shared.observability.metrics import WEBHOOKS

app = Api(prime=(wiring.webhooks, wiring.payment_events))


@app.route(
    "POST /webhooks/stripe",
    callers=SIGNERS,
    accepts={JSON: dict},
    max_body_bytes=256 * 1024,
    answers={200: None},
    raises=[Malformed],
)
def receive_webhook(request: Request) -> None:
    """Stripe reports an event, signed in `Stripe-Signature`; what has come of the payment is then asked of Stripe."""
    body, signatures = request.bytes, header_values(request.event, "stripe-signature")
    try:
        event = wiring.webhooks().read(body, signatures[0] if len(signatures) == 1 else "")
    except NotVerified as reason:
        fields = {"reason": str(reason), "bytes": len(body)}
        logger.warning("webhook refused", extra=fields | WEBHOOKS.line("stripe", accepted=0, refused=1))
        raise Malformed("This is no webhook that Stripe has signed within the last five minutes.") from None
    wiring.payment_events().put(event)
    fields = {"eventId": event.event_id, "type": event.kind}
    logger.info("webhook accepted", extra=fields | WEBHOOKS.line("stripe", accepted=1, refused=0))


handler = app
