from tests.commerce.checkout.steps import bought, reserve, stock
from tests.commerce.checkout.till import Till
from tests.commerce.examples import a_product


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
