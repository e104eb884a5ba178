"""UserDeleted: what the shop has of a customer goes; what the law has us keep stays, for so many years."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from commerce.carts.adapters.carts import CartRecord
from commerce.carts.adapters.erasing import CartErasing
from commerce.checkout.adapters.checkouts import CheckoutRecord
from commerce.checkout.adapters.erasing import CheckoutErasing
from commerce.erasure import wiring
from commerce.erasure.handlers.erase_customer import handler
from commerce.orders.adapters.orders import DynamoOrders
from commerce.orders.domain.erasing import OrderErasing
from commerce.orders.domain.order import Fulfilment, Note, Order
from commerce.orders.domain.orders import OrderBook
from local.workspace import ROOT
from shared.dynamodb.transactions import Transaction
from shared.events.event_bridge import EventBus
from tests.commerce.examples import NOW
from tests.commerce.orders.examples import a_gift, a_line, a_paid_checkout, an_order
from tests.identity.registration.test_post_confirmation import Bridge
from tests.shared.dynamodb.dynamodb_tables import tables_like
from tests.shared.lambda_context import CONTEXT

SAMPLE: dict[str, Any] = json.loads((ROOT / "events" / "commerce" / "erase_customer.json").read_text())
YEARS = 7
SENT = Fulfilment(NOW, "priya", "Post", "TR123")


def sent(order: Order) -> Order:
    return order.fulfilled(SENT).noted(Note(NOW, "priya", "Rang her: leave it with the neighbour."))


def test_sums_and_declaration_stay_and_all_else_goes() -> None:
    order = sent(an_order(a_line(), a_gift()))
    erased = order.erased(YEARS)

    assert (erased.delivery, erased.notes) == (None, ())
    assert erased.fulfilment == Fulfilment(NOW, "priya", "Post", None)
    assert (erased.total, erased.quote, erased.gift_aid) == (order.total, order.quote, order.gift_aid)
    assert (erased.history, erased.receipts, erased.user_id) == (order.history, order.receipts, order.user_id)
    assert erased.erased(YEARS) == erased


def test_order_is_kept_for_whole_years() -> None:
    erased = sent(an_order(a_line())).erased(YEARS)

    assert erased.kept_until
    assert erased.kept_until - erased.created_at >= timedelta(days=7 * 365 + 2)


def test_order_that_is_to_be_sent_waits() -> None:
    order = an_order(a_line())

    assert order.erased(YEARS) == order
    assert order.cancelled(NOW).erased(YEARS).delivery is None
    assert an_order(a_gift()).erased(YEARS).kept_until


@pytest.fixture
def bridge(monkeypatch: pytest.MonkeyPatch) -> Bridge:
    bridge = Bridge()
    monkeypatch.setattr(wiring, "event_bus", lambda: EventBus(bridge, "bus-1", "almoner.commerce"))
    return bridge


@pytest.mark.emulator
@pytest.mark.usefixtures("local_aws")
class TestInDynamoDB:
    @pytest.fixture
    def names(self, local_aws: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
        folder, till = ROOT / "commerce", ["CheckoutsTable", "OrdersTable"]
        with (
            tables_like(local_aws, folder / "tables.yaml", ["CartsTable"]) as shop,
            tables_like(local_aws, folder / "till_tables.yaml", till) as tills,
        ):
            names = shop | tills
            orders = DynamoOrders(names["OrdersTable"])
            parts = (
                CartErasing(names["CartsTable"]),
                CheckoutErasing(names["CheckoutsTable"]),
                OrderErasing(orders, OrderBook(orders, Transaction), YEARS),
            )
            monkeypatch.setattr(wiring, "parts", lambda: parts)
            yield names

    def test_customer_is_erased_once_their_order_was_sent(self, names: dict[str, str], bridge: Bridge) -> None:
        orders, carts = DynamoOrders(names["OrdersTable"]), CartRecord.at(names["CartsTable"])
        checkouts = CheckoutRecord.at(names["CheckoutsTable"])
        order, checkout = an_order(a_line()), a_paid_checkout(a_line(), ended_at=NOW)
        transaction = Transaction()
        orders.add(order, transaction)
        transaction.commit()
        checkouts.of(checkout).put()
        carts("user#ada", lines={}, version=1, expires_at=datetime.now(UTC)).put()

        self._erase()
        found = orders.find(order.order_id)
        assert found
        assert (found.delivery, carts.find("user#ada"), bridge.events) == (order.delivery, None, [])
        ended = checkouts.find(checkout.checkout_id)
        assert ended
        assert not ended.delivery
        assert not ended.gift_aid

        OrderBook(orders, Transaction).change(order.order_id, sent, NOW)
        self._erase()
        self._erase()
        found = orders.find(order.order_id)
        assert found
        assert (found.delivery, found.notes, found.total) == (None, (), order.total)
        assert [event.data for event in bridge.events] == [{"context": "commerce"}] * 2

    def _erase(self) -> None:
        handler(SAMPLE | {"detail": SAMPLE["detail"] | {"userId": "ada"}}, CONTEXT)
