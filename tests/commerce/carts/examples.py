"""Lines and carts as tests need them."""

from datetime import datetime
from typing import Any

from commerce.carts.domain.cart import Line, line_of
from tests.commerce.examples import NOW, a_product


def a_line(product_id: str = "teapot", quantity: int = 1, put_at: datetime = NOW, **product: Any) -> Line:
    """So many teapots, of which there are 500."""
    return line_of(a_product(product_id, **({"stock": 500} | product)), quantity, "GBP", put_at)
