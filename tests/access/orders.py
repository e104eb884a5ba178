"""Orders: of customers, and of the staff who send them or pay money back."""

from tests.access.matrix import Call, admins, everybody, own, own_and_staff, row, staff
from tests.access.people import COMMERCE
from tests.access.world import World

NOTE = {"text": "Rang the customer."}
PENNY = {"amount": {"amount": 1, "currency": "GBP"}, "reason": "A penny"}


@row(COMMERCE, "GET /orders", everybody(200))
@row(COMMERCE, "GET /admin/orders", staff(200))
def alone(_: World) -> Call:
    return Call()


@row(COMMERCE, "GET /orders/{orderId}", own_and_staff(200))
def of_order(world: World) -> Call:
    return Call(path={"orderId": world.order_id})


@row(COMMERCE, "POST /orders/{orderId}/cancel", {**own(200), "admin": 200})
def cancel(world: World) -> Call:
    """Again and again: only the first time changes something."""
    return Call(path={"orderId": world.cancelled_order_id})


@row(COMMERCE, "POST /admin/orders/{orderId}/fulfilments", staff(200))
def fulfil(world: World) -> Call:
    return Call(path={"orderId": world.new_order()}, json={"carrier": "Royal Mail"})


@row(COMMERCE, "POST /admin/orders/{orderId}/notes", staff(200))
def note(world: World) -> Call:
    return Call(path={"orderId": world.order_id}, json=NOTE)


@row(COMMERCE, "POST /admin/orders/{orderId}/refunds", admins(200))
def refund(world: World) -> Call:
    return Call(path={"orderId": world.order_id}, json=PENNY)
