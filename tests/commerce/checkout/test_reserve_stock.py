from tests.commerce.checkout.steps import bought, reserve, stock
from tests.commerce.checkout.till import Till
from tests.commerce.examples import a_donation_item, a_product


def test_stock_is_reserved_once(till: Till) -> None:
    checkout = bought(till, steps=1)

    assert reserve(checkout) == reserve(checkout) == "goes-on"

    assert stock(till) == 2
    assert till.saga.found(checkout.checkout_id).reservation == "held"


def test_of_two_products_none_is_reserved_if_one_is_short(till: Till) -> None:
    till.put("ada", a_product("kettle"), 10)
    checkout = bought(till, steps=1)
    till.put("bob", a_product("kettle"), 1)
    other = till.buy("bob")
    assert reserve(other) == "goes-on"

    assert reserve(checkout) == "ended"

    ended = till.saga.found(checkout.checkout_id)
    assert (ended.status, ended.reservation, stock(till)) == ("out-of-stock", "none", 4)


def test_goods_that_are_short_beside_a_gift_are_what_is_out_of_stock(till: Till) -> None:
    till.put("bob", a_donation_item(), 1)
    till.put("bob", a_product(), 4)
    checkout = till.buy("bob")
    till.ports.products.move("teapot", -1)

    assert reserve(checkout) == "ended"

    ended = till.saga.found(checkout.checkout_id)
    assert ended.status == "out-of-stock"
    assert ended.problem is not None
    assert "only 3 left" in ended.problem.detail
