"""What staff do with orders: POST /admin/orders/{orderId}/fulfilments, POST /admin/orders/{orderId}/notes"""

from datetime import UTC, datetime

from commerce.orders import wiring
from commerce.orders.answers import StaffOrder, staff_order
from commerce.orders.domain.order import Fulfilment, Note
from commerce.orders.requests.orders import AddNote, FulfilOrder
from shared.errors import Conflict
from shared.http.api import Api
from shared.http.callers import STAFF
from shared.http.request import Request

app = Api(prime=(wiring.order_book,))


@app.route(
    "POST /admin/orders/{orderId}/fulfilments",
    callers=STAFF,
    body=FulfilOrder,
    key="optional",
    answers={200: StaffOrder},
    raises=[Conflict],
)
def fulfil(request: Request[FulfilOrder]) -> object:
    """Staff note that the order was sent; from then on it cannot be cancelled."""
    sent = Fulfilment(datetime.now(UTC), request.caller.user_id, request.body.carrier, request.body.tracking)
    order_id, claim = request.path("orderId"), request.claim
    return wiring.order_book().change_once(order_id, lambda order: order.fulfilled(sent), sent.at, claim, staff_order)


@app.route(
    "POST /admin/orders/{orderId}/notes",
    callers=STAFF,
    body=AddNote,
    key="optional",
    answers={200: StaffOrder},
    raises=[Conflict],
)
def note(request: Request[AddNote]) -> object:
    """Staff add a note, which customers do not see."""
    added = Note(datetime.now(UTC), request.caller.user_id, request.body.text)
    order_id, claim = request.path("orderId"), request.claim
    return wiring.order_book().change_once(order_id, lambda order: order.noted(added), added.at, claim, staff_order)


handler = app
