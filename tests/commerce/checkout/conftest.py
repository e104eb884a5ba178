from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from commerce.catalogue.domain.products import Product
from commerce.checkout import wiring
from commerce.orders.domain.processing import OrderProcessor
from tests.commerce.carts.fakes import FakeCarts
from tests.commerce.catalogue.fakes import FakeProducts
from tests.commerce.checkout.fakes import FakeCheckouts
from tests.commerce.checkout.scenarios import PRODUCTS
from tests.commerce.checkout.till import Ports, Till, at_once
from tests.commerce.orders.fakes import FakeCounters, FakeLedger, FakeOrders
from tests.commerce.payments.fake_provider import FakeProvider
from tests.commerce.stock.fakes import FakeStockLedger
from tests.shared.persistence.fake_transactions import FakeTransaction


@dataclass
class FakeBank:
    provider: FakeProvider

    def authenticate(self, payment_id: str, *, passed: bool) -> None:
        self.provider.authenticate(payment_id, passed=passed)

    def pass_time(self) -> None:
        self.provider.pass_time()

    def dispute(self, payment_id: str) -> None:
        if self.charged(payment_id) > self.disputed(payment_id):
            self.provider.dispute(payment_id)

    def disputed(self, payment_id: str) -> int:
        return sum(each.amount.amount for each in self.provider.disputes(payment_id) if each.status != "won")

    def charged(self, payment_id: str) -> int:
        payment = self.provider.payments[payment_id]
        paid = payment.amount.amount if payment.status == "paid" else 0
        return paid - sum(each.amount.amount for each in self.provider.refunds(payment_id) if each.status != "failed")


def ports_in_memory(*shop: Product) -> Ports:
    shop = shop or PRODUCTS
    products, provider, ledger, checkouts = FakeProducts(*shop), FakeProvider(), FakeLedger(), FakeCheckouts()
    carts, orders, counters = FakeCarts(), FakeOrders(), FakeCounters()

    def processor(till: Till) -> OrderProcessor:
        return OrderProcessor(
            checkouts=till.see(checkouts, "checkouts"),
            seals=till.seals,
            orders=till.see(orders, "orders"),
            ledger=till.see(ledger, "ledger"),
            carts=till.see(carts, "carts"),
            numbers=till.see(counters, "counters"),
            waiting=till.see(till, "machine"),
            unit_of_work=till.begin,
            backoff=at_once,
        )

    return Ports(
        products=products,
        stock=FakeStockLedger(products),
        carts=carts,
        checkouts=checkouts,
        orders=orders,
        ledger=ledger,
        provider=provider,
        bank=FakeBank(provider),
        begin=FakeTransaction,
        entries=lambda: ledger.entries,
        checkout_ids=lambda: list(checkouts.by_id),
        orders_of=lambda: list(orders.by_id),
        processor=processor,
        shop=shop,
    )


@pytest.fixture
def till(monkeypatch: pytest.MonkeyPatch) -> Till:
    """The one that the handlers use. Two teapots are in Ada's cart."""
    till = Till(ports_in_memory())
    till.clock.now = datetime.now(UTC)
    monkeypatch.setattr(wiring, "opening", lambda: till.opening)
    monkeypatch.setattr(wiring, "saga", lambda: till.saga)
    monkeypatch.setattr(wiring, "checkout_payments", lambda: till.payments)
    monkeypatch.setattr(wiring, "sweep", lambda: till.sweep)
    till.put("ada", PRODUCTS[0], 2)
    return till
