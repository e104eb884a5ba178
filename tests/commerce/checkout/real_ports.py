"""The till on its real adapters: the local DynamoDB, and Stripe's SDK with the stand-in."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from commerce.carts.adapters.carts import DynamoCarts
from commerce.catalogue.adapters.products import DynamoProducts
from commerce.checkout.adapters.checkouts import DynamoCheckouts
from commerce.checkout.domain.checkout import Checkout
from commerce.orders.adapters.orders import DynamoOrders
from commerce.orders.domain.processing import OrderProcessor
from commerce.payments.adapters.ledger import DynamoLedger
from commerce.payments.adapters.stripe_provider import StripeProvider
from commerce.payments.domain.ledger import Entry
from commerce.stock.adapters.stock_ledger import DynamoStockLedger
from local.payments.process import PaymentProcess
from local.workspace import ROOT
from shared.dynamodb.counters import DynamoCounters
from shared.dynamodb.transactions import Transaction
from shared.persistence.unit_of_work import UnitOfWork
from tests.commerce.checkout.scenarios import PRODUCTS
from tests.commerce.checkout.till import Ports, Till, at_once
from tests.commerce.payments.fakes import FakeSecret
from tests.local.payments.conftest import client_of
from tests.shared.dynamodb.dynamodb_tables import tables_like

_TILL = ("CheckoutsTable", "StockMovementsTable", "OrdersTable", "LedgerTable", "CountersTable")
_SHOP = ("ProductsTable", "CartsTable")


@dataclass
class Services:
    """Tables by their names in the templates, and the stand-in. Many runs share them, each with its own customer."""

    tables: dict[str, str]
    stand_in: PaymentProcess


@contextmanager
def services(emulator: str, stand_in: PaymentProcess) -> Iterator[Services]:
    commerce = ROOT / "commerce"
    with (
        tables_like(emulator, commerce / "till_tables.yaml", _TILL) as till,
        tables_like(emulator, commerce / "tables.yaml", _SHOP) as shop,
    ):
        yield Services(till | shop, stand_in)


class _Checkouts(DynamoCheckouts):
    """Knows those of its own run."""

    def __init__(self, table: str) -> None:
        super().__init__(table)
        self.ids: list[str] = []

    def add(self, checkout: Checkout, after: str | None = None) -> None:
        self.ids.append(checkout.checkout_id)
        super().add(checkout, after)

    def due(self, now: datetime, limit: int) -> Any:
        return [each for each in super().due(now, limit) if each.checkout_id in self.ids]


class _Ledger(DynamoLedger):
    def __init__(self, table: str) -> None:
        super().__init__(table)
        self.recorded: set[str] = set()

    def record(self, entry: Entry, at: datetime, unit_of_work: UnitOfWork) -> None:
        self.recorded.add(entry.entry_id)
        super().record(entry, at, unit_of_work)

    def record_once(self, entry: Entry, at: datetime) -> bool:
        self.recorded.add(entry.entry_id)
        return super().record_once(entry, at)

    def entries(self) -> list[Entry]:
        """Those that were committed."""
        return list(self.find(self.recorded).values())


@dataclass
class StripesBank:
    stand_in: PaymentProcess

    def __post_init__(self) -> None:
        # it only reads, and an idle connection may be closed while it is taken for the next request
        self._stripe = client_of(self.stand_in.endpoint, retries=2).v1

    def authenticate(self, payment_id: str, *, passed: bool) -> None:
        if self._stripe.payment_intents.retrieve(payment_id).status == "requires_action":
            self.stand_in.authenticate(payment_id, passed=passed)

    def pass_time(self) -> None:
        self.stand_in.pass_time()

    def dispute(self, payment_id: str) -> None:
        if self.charged(payment_id) > self.disputed(payment_id):
            self.stand_in.dispute(str(self._stripe.payment_intents.retrieve(payment_id).latest_charge))

    def charged(self, payment_id: str) -> int:
        intent = self._stripe.payment_intents.retrieve(payment_id)
        refunds = self._stripe.refunds.list({"payment_intent": payment_id}).data
        return intent.amount_received - sum(each.amount for each in refunds if each.status != "failed")

    def disputed(self, payment_id: str) -> int:
        disputes = self._stripe.disputes.list({"payment_intent": payment_id}).data
        return sum(each.amount for each in disputes if each.status != "won")


def real_ports(at: Services) -> Ports:
    """Of one run."""
    run, tables = uuid.uuid4().hex[:12], at.tables
    products = DynamoProducts(tables["ProductsTable"], None)
    shop = tuple(replace(product, product_id=f"{product.product_id}-{run}") for product in PRODUCTS)
    for product in shop:
        products.add(product)
    checkouts, ledger = _Checkouts(tables["CheckoutsTable"]), _Ledger(tables["LedgerTable"])
    carts, orders = DynamoCarts(tables["CartsTable"]), DynamoOrders(tables["OrdersTable"])
    counters = DynamoCounters(tables["CountersTable"])

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

    def orders_of() -> list[str]:
        found = [checkouts.find(each) for each in dict.fromkeys(checkouts.ids)]
        ids = [checkout.order_id for checkout in found if checkout and checkout.order_id]
        return [order_id for order_id in ids if orders.find(order_id)]

    return Ports(
        products=products,
        stock=DynamoStockLedger(tables["ProductsTable"], tables["StockMovementsTable"]),
        carts=carts,
        checkouts=checkouts,
        orders=orders,
        ledger=ledger,
        provider=StripeProvider(FakeSecret(), at.stand_in.endpoint),
        bank=StripesBank(at.stand_in),
        begin=Transaction,
        entries=ledger.entries,
        checkout_ids=lambda: list(dict.fromkeys(checkouts.ids)),
        orders_of=orders_of,
        processor=processor,
        shop=shop,
        user_id=f"ada-{run}",
    )
