from dataclasses import replace
from typing import Any

import pytest

from commerce.orders import wiring
from commerce.orders.domain.order import Order
from commerce.orders.handlers.find_delivery import handler
from tests.commerce.orders.examples import a_gift, an_order
from tests.commerce.orders.fakes import FakeOrders
from tests.shared.lambda_context import CONTEXT

ORDER = an_order()


def delivery_of(monkeypatch: pytest.MonkeyPatch, order: Order, user_id: str = "ada") -> Any:
    monkeypatch.setattr(wiring, "orders", lambda: FakeOrders(order))
    return handler({"orderId": ORDER.order_id, "userId": user_id}, CONTEXT)["delivery"]


def test_address_of_the_order(monkeypatch: pytest.MonkeyPatch) -> None:
    assert delivery_of(monkeypatch, ORDER) == {
        "name": "Ada Byron",
        "line1": "12 St James's Square",
        "line2": None,
        "city": "London",
        "postcode": "SW1Y 4JH",
        "country": "GB",
    }


def test_nobody_else_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert delivery_of(monkeypatch, ORDER, "bob") is None
    assert delivery_of(monkeypatch, an_order(count=2, key="k2")) is None
    assert delivery_of(monkeypatch, replace(ORDER, delivery=None)) is None
    assert delivery_of(monkeypatch, an_order(a_gift(), delivery=None)) is None
