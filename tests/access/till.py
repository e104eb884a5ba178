"""The till: checkouts and what comes of them."""

from tests.access.matrix import Call, everybody, own, row
from tests.access.people import COMMERCE
from tests.access.world import World


@row(COMMERCE, "POST /checkout", everybody(202))
def begin_checkout(world: World) -> Call:
    for caller in ("supporter", "another", "staff", "finance", "admin"):
        world.no_checkout_is_under_way(caller)
        world.done(COMMERCE, "PUT", f"/cart/items/{world.donation_item_id}", {"quantity": 1}, caller)
    return Call(json={"paymentMethodId": "pm_card_visa"})


@row(COMMERCE, "GET /checkout/{checkoutId}", own(200))
@row(COMMERCE, "POST /checkout/{checkoutId}/cancel", own(202))
def of_checkout(world: World) -> Call:
    """One that has been declined: cancelling it again changes nothing."""
    return Call(path={"checkoutId": world.declined_checkout_id})
