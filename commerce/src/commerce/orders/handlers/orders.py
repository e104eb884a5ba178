"""Reading orders: GET /orders, GET /orders/{orderId}, GET /admin/orders"""

from commerce.orders import wiring
from commerce.orders.answers import (
    OrderAnswer,
    OrdersAnswer,
    StaffOrders,
    order_answer,
    orders_answer,
    orders_scope,
    staff_orders,
)
from commerce.orders.domain.finding import ALL, find_orders, read_order
from commerce.orders.requests.listings import LISTING, WORDS, read_listing
from shared.http.api import Api
from shared.http.callers import STAFF
from shared.http.parameters import paging
from shared.http.request import Request

app = Api(prime=(wiring.orders, wiring.cursors))


@app.route("GET /orders", parameters=paging(), answers={200: OrdersAnswer})
def list_orders(request: Request) -> OrdersAnswer:
    """Users list their orders, the newest first."""
    user_id, cursors = request.caller.user_id, wiring.cursors()
    page = wiring.orders().of_user(user_id, ALL, *request.page(cursors, orders_scope(user_id)))
    return orders_answer(user_id, page, cursors)


@app.route("GET /orders/{orderId}", answers={200: OrderAnswer})
def read(request: Request) -> OrderAnswer:
    """Users read their orders, staff anyone's."""
    return order_answer(read_order(request.caller, request.path("orderId"), wiring.orders()))


@app.route("GET /admin/orders", callers=STAFF, parameters=[*LISTING, *paging()], answers={200: StaffOrders})
def list_for_staff(request: Request) -> StaffOrders:
    """Staff list orders by status and day, or find those of a number or a customer, the newest first."""
    listing, words, cursors = read_listing(request), request.value(WORDS), wiring.cursors()
    scope = repr(("orders", listing, words))
    return staff_orders(find_orders(words, listing, wiring.orders(), *request.page(cursors, scope)), scope, cursors)


handler = app
