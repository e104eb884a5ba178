"""What no single store shows: lines of carts, and the products behind them."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from commerce.carts.domain.cart import MAX_LINES
from commerce.carts.domain.showing import Change
from commerce.catalogue.domain.products import Product
from shared.errors import Conflict, Unavailable
from shared.money import Money
from tests.commerce.carts.fakes import FakeCarts
from tests.commerce.carts.services import ADA, PRODUCTS, cart_service, shop
from tests.commerce.catalogue.fakes import FakeProducts
from tests.commerce.examples import NOW, a_product


def test_putting_the_same_again_changes_nothing_whatever_version_was_seen() -> None:
    carts = FakeCarts()
    service = cart_service(carts)
    first = service.put(ADA, "a", 3, 0, NOW)

    assert service.put(ADA, "a", 3, 0, NOW + timedelta(days=1)) == first
    assert carts.writes == 1


def test_stock_that_others_buy_from_does_not_make_it_another_line() -> None:
    carts, products = FakeCarts(), shop("a")
    service = cart_service(carts, products)
    service.put(ADA, "a", 3, None, NOW)
    products.by_id["a"] = a_product("a", stock=17)

    service.put(ADA, "a", 3, None, NOW)

    assert carts.writes == 1


def test_putting_a_line_again_acknowledges_what_has_changed() -> None:
    carts, products = FakeCarts(), shop("a")
    service = cart_service(carts, products)
    service.put(ADA, "a", 1, None, NOW)
    products.by_id["a"] = a_product("a", stock=500, price=Money(900, "GBP"))
    assert service.read(ADA, NOW).lines[0].changes == (Change("unitPrice", Money(850, "GBP"), Money(900, "GBP")),)

    acknowledged = service.put(ADA, "a", 1, None, NOW)

    assert acknowledged.lines[0].changes == service.read(ADA, NOW).lines[0].changes == ()
    assert acknowledged.cart.version == 2


def test_putting_a_line_again_acknowledges_that_there_are_too_few() -> None:
    carts, products = FakeCarts(), shop("a")
    service = cart_service(carts, products)
    service.put(ADA, "a", 3, None, NOW)
    products.by_id["a"] = a_product("a", stock=1)
    assert service.read(ADA, NOW).lines[0].changes == (Change("stock", 500, 1),)

    acknowledged = service.put(ADA, "a", 3, 1, NOW)

    assert acknowledged.lines[0].changes == service.read(ADA, NOW).lines[0].changes == ()
    assert service.put(ADA, "a", 3, 1, NOW) == acknowledged
    assert carts.writes == 2


def test_request_that_is_repeated_gets_its_answer_also_where_there_are_too_few_by_now() -> None:
    carts, products = FakeCarts(), shop("a")
    service = cart_service(carts, products)
    service.put(ADA, "a", 3, 0, NOW)
    products.by_id["a"] = a_product("a", stock=1)

    assert service.put(ADA, "a", 3, 0, NOW).lines[0].changes == (Change("stock", 500, 1),)
    assert carts.writes == 1


def test_version_that_is_not_that_of_the_cart_any_more_is_refused_with_the_one_that_is() -> None:
    carts = FakeCarts()
    service = cart_service(carts)
    for product_id in PRODUCTS[:3]:
        service.put(ADA, product_id, 1, None, NOW)

    with pytest.raises(Conflict) as refusal:
        service.put(ADA, "d", 1, 2, NOW)

    assert [(error.field, error.message) for error in refusal.value.errors] == [("version", "is 3 now")]
    assert service.put(ADA, "d", 1, 3, NOW).cart.version == 4


def test_full_cart_is_a_conflict_that_says_how_many_lines_there_may_be() -> None:
    ids = [f"product-{number}" for number in range(MAX_LINES + 1)]
    service = cart_service(FakeCarts(), shop(*ids))
    for product_id in ids[:-1]:
        service.put(ADA, product_id, 1, None, NOW)

    with pytest.raises(Conflict, match="100 lines"):
        service.put(ADA, ids[-1], 1, None, NOW)
    assert len(service.put(ADA, ids[0], 2, None, NOW).lines) == MAX_LINES


def test_nothing_is_written_for_a_product_that_cannot_be_looked_up() -> None:
    class OutOfReach(FakeProducts):
        def find_many(self, product_ids: Sequence[str]) -> dict[str, Product]:
            raise Unavailable(f"{len(product_ids)} products are out of reach.")

    carts = FakeCarts()

    with pytest.raises(Unavailable):
        cart_service(carts, OutOfReach()).put(ADA, "a", 1, None, NOW)
    assert carts.writes == 0
