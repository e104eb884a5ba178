"""Money back: POST /orders/{orderId}/cancel, POST /admin/orders/{orderId}/refunds"""

from datetime import UTC, datetime

from commerce.orders import wiring
from commerce.orders.answers import OrderAnswer, StaffOrder, order_answer, staff_order
from commerce.orders.requests.orders import RefundOrder
from shared.errors import Conflict
from shared.http.api import Api
from shared.http.callers import ADMINS
from shared.http.request import Request

app = Api(prime=(wiring.refunds,))


@app.route("POST /orders/{orderId}/cancel", answers={200: OrderAnswer}, raises=[Conflict])
def cancel(request: Request) -> OrderAnswer:
    """Users cancel their orders that have not been sent, and get everything back. Idempotent."""
    return order_answer(wiring.refunds().cancel(request.caller, request.path("orderId"), datetime.now(UTC)))


@app.route(
    "POST /admin/orders/{orderId}/refunds",
    callers=ADMINS,
    body=RefundOrder,
    key="required",
    answers={200: StaffOrder},
    raises=[Conflict],
)
def refund(request: Request[RefundOrder]) -> StaffOrder:
    """Admins refund all that is left, an amount, or lines, whose goods come back into stock."""
    wanted, claim = request.body.to_refund(), request.claim
    assert claim is not None  # noqa: S101  the key is required
    return staff_order(
        wiring.refunds().refund(request.caller, request.path("orderId"), wanted, claim, datetime.now(UTC))
    )


handler = app
