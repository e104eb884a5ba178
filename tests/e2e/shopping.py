"""How customers buy on the running platform."""

import uuid
from typing import Any

from tests.commerce.checkout.examples import SENT_ADDRESS
from tests.e2e.clients import Api, eventually

CUP = {"name": "China cup", "category": "Homeware", "price": {"amount": 250, "currency": "GBP"}, "stock": 10}
VISA = "pm_card_visa"


def put_on_sale(shop: Api, **changes: Any) -> str:
    """The id of a new product, by default ten cups."""
    answer = shop("POST", "/products", json=CUP | changes)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["productId"])


def stock_of(shop: Api, product_id: str) -> int:
    return int(shop.get(f"/admin/products/{product_id}").json()["stock"])


def begin(customer: Api, means: str = VISA, key: str | None = None, **more: Any) -> str:
    """The id of the checkout of what is in the cart."""
    wanted = {"paymentMethodId": means, "delivery": SENT_ADDRESS} | more
    answer = customer("POST", "/checkout", json=wanted, headers={"Idempotency-Key": key or uuid.uuid4().hex})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["checkoutId"])


def ended(customer: Api, checkout_id: str, status: str = "completed") -> Any:
    eventually(lambda: customer.get(f"/checkout/{checkout_id}").json()["status"] == status)
    return customer.get(f"/checkout/{checkout_id}").json()


def gbp(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "GBP"}
