"""The carts' service over fakes."""

from commerce.carts.domain.cart import Cart, cart_of_guest, cart_of_user
from commerce.carts.domain.cart_service import CartService
from commerce.carts.domain.showing import ShownCart
from tests.commerce.carts.fakes import AtOnce, FakeCarts
from tests.commerce.catalogue.fakes import FakeProducts
from tests.commerce.examples import a_product
from tests.shared.clocks import FakeClock

ADA, GUEST = cart_of_user("ada"), cart_of_guest("1")
PRODUCTS = ("a", "b", "c", "d", "e", "f")


def shop(*product_ids: str, stock: int = 500) -> FakeProducts:
    return FakeProducts(*(a_product(product_id, stock=stock) for product_id in product_ids or PRODUCTS))


def cart_service(carts: FakeCarts, products: FakeProducts | None = None, clock: FakeClock | None = None) -> CartService:
    return CartService(
        carts, products or shop(), "GBP", AtOnce(), (clock or FakeClock()).sleep, lambda _, longest: longest
    )


def quantities(cart: ShownCart | Cart) -> dict[str, int]:
    return {line.product_id: line.quantity for line in cart.lines}
