"""Lines and carts as tests need them."""

from datetime import datetime
from typing import Any

from commerce.carts.domain.cart import Line, line_of
from tests.commerce.examples import NOW, a_donation_item, a_product


def a_line(product_id: str = "teapot", quantity: int = 1, put_at: datetime = NOW, **product: Any) -> Line:
    """So many teapots, of which there are 500."""
    return line_of(a_product(product_id, **({"stock": 500} | product)), quantity, "GBP", put_at)


def a_gift(product_id: str = "nursing", quantity: int = 1, own_amount: int | None = None) -> Line:
    """Hours of nursing, for £25 each, or for what the customer gives for one."""
    return line_of(a_donation_item(product_id), quantity, "GBP", NOW, own_amount)
