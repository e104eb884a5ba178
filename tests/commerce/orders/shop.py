"""A shop with one paid order, in memory: its provider, stock and ledger, and what refunds it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from commerce.catalogue.domain.products import Kind
from commerce.checkout.domain.checkout import Checkout
from commerce.checkout.domain.quote import QuotedLine
from commerce.orders.domain.order import Order, OrderStatus, placed
from commerce.orders.domain.orders import OrderBook, booked, closed, restocked
from commerce.orders.domain.processing import number_of
from commerce.orders.domain.refunding import RefundRequest, WantedLine
from commerce.orders.domain.refunds import Refunds
from commerce.payments.domain.ledger import Account, balances, charged, ordered, owed_to_customers
from commerce.payments.domain.provider import Means
from shared.auth.callers import Caller
from shared.idempotency.claims import Claim
from shared.resilience.backoff import Backoff
from tests.commerce.catalogue.fakes import FakeProducts
from tests.commerce.checkout.fakes import FakeCheckouts
from tests.commerce.examples import NOW, a_product
from tests.commerce.orders.examples import LATER, a_paid_checkout, gbp
from tests.commerce.orders.fakes import FakeLedger, FakeOrders
from tests.commerce.orders.interruptions import Around, Committing
from tests.commerce.payments.fake_provider import FakeProvider
from tests.commerce.stock.fakes import FakeStockLedger

ADA, TOM = Caller("ada"), Caller("tom", frozenset({"admin"}))
OPENING = 100


def at_once() -> Backoff:
    return Backoff(0, sleep=lambda _: None)


@dataclass
class FakeSettlements:
    requested: list[str] = field(default_factory=list)

    def request_later(self, order_id: str) -> None:
        self.requested.append(order_id)


class Shop:
    """Stock is what is left after the sale."""

    def __init__(self, *lines: QuotedLine) -> None:
        self.provider = FakeProvider()
        checkout = self._pay(a_paid_checkout(*lines))
        order = placed(checkout, number_of(1), NOW)
        goods = {line.product_id: line.quantity for line in checkout.quote.lines if line.kind is Kind.GOODS}
        self.products = FakeProducts(
            *(a_product(product_id, stock=OPENING - quantity) for product_id, quantity in goods.items())
        )
        self.sold = goods
        self.orders = FakeOrders(order)
        self.checkouts = FakeCheckouts(checkout.completed(order.order_id, NOW))
        self.ledger, self.stock, self.settlements = FakeLedger(), FakeStockLedger(self.products), FakeSettlements()
        self.order_id = order.order_id
        self.orders.versions.append(order)
        quote = checkout.quote
        self.ledger.entries += [
            charged(order.payment_id, order.charge_id, quote.total),
            ordered(order.payment_id, order.order_id, quote.earned, quote.currency),
        ]

    @property
    def order(self) -> Order:
        return self.orders.by_id[self.order_id]

    def in_stock(self, product_id: str) -> int:
        product = self.products.find(product_id)
        assert product
        assert product.stock is not None
        return product.stock

    def returned(self, product_id: str) -> int:
        return self.in_stock(product_id) - (OPENING - self.sold[product_id])

    def refunds(self, around: Callable[[], None] = lambda: None) -> Refunds:
        """`around` is called before and after everything that it does outside of the process."""

        orders: Any = Around(self.orders, around)
        consequences = booked(self.ledger), restocked(self.stock), closed(Around(self.checkouts, around))
        book = OrderBook(orders, partial(Committing, around), consequences, at_once)
        return Refunds(
            book=book,
            orders=orders,
            provider=Around(self.provider, around),
            settlements=Around(self.settlements, around),
        )

    def cancel(self, caller: Caller = ADA) -> Order:
        return self.refunds().cancel(caller, self.order_id, LATER)

    def refund(self, request: RefundRequest, key: str = "k1") -> Order:
        return self.refunds().refund(TOM, self.order_id, request, claim(key), LATER)

    def look_after(self) -> Order:
        return self.refunds().look_after(self.order_id, LATER)

    def _pay(self, checkout: Checkout) -> Checkout:
        total = checkout.quote.total
        created = self.provider.create(total, reference=checkout.checkout_id, key="create")
        paid = self.provider.confirm(
            created.payment_id, Means(payment_method_id="pm_card_visa"), return_url="", key="confirm"
        )
        return replace(checkout, payment_id=paid.payment_id, charge_id=paid.charge_id)


def claim(key: str, request_hash: str = "request") -> Claim:
    return Claim(f"{key:0<64}", request_hash)


def of_all(reason: str = "Broken") -> RefundRequest:
    return RefundRequest(None, (), reason)


def of_amount(amount: int, currency: str = "GBP") -> RefundRequest:
    return RefundRequest(replace(gbp(amount), currency=currency), (), "Broken")


def of_lines(**quantities: int) -> RefundRequest:
    return RefundRequest(None, tuple(WantedLine(*each) for each in quantities.items()), "Broken")


def held(shop: Shop) -> dict[Account, int]:
    return {account: amount for (account, _), amount in balances(shop.ledger.entries).items() if amount}


def adds_up(shop: Shop) -> None:
    """Order, provider, ledger and stock say the same."""
    order, provider = shop.order, shop.provider
    made = list(provider.all_refunds)
    succeeded = sum(each.amount.amount for each in made if each.status == "succeeded")
    assert order.refunded.amount == succeeded <= order.total.amount
    assert sum(order.refunded_of(line.product_id).amount for line in order.quote.lines) + order.refunded_of(
        None
    ).amount == (succeeded)
    assert all(order.refunded_of(line.product_id).amount <= line.line_total.amount for line in order.quote.lines)
    disputes = {each.dispute_id: each for _, each in provider.all_disputes}
    assert {each.dispute_id: each.status for each in order.disputes} == {
        dispute_id: each.status for dispute_id, each in disputes.items()
    }
    entries = [entry.entry_id for entry in shop.ledger.entries]
    assert len(entries) == len(set(entries))
    assert sum(balances(shop.ledger.entries).values()) == 0
    given_back = sum(each.amount.amount for each in made if each.status != "failed")
    taken_back = sum(each.amount.amount for each in disputes.values() if each.status != "won")
    assert held(shop).get(Account.PROVIDER, 0) == order.total.amount - given_back - taken_back
    owed = sum(order.owed.values())
    assert owed >= 0
    assert owed_to_customers(shop.ledger.entries) == ({order.payment_id: owed} if owed else {})
    for line in order.quote.lines:
        if line.product_id in shop.sold:
            returned = shop.returned(line.product_id)
            assert 0 <= returned <= line.quantity
            assert returned == sum(r.pieces.get(line.product_id, 0) for r in order.refunds if r.is_restocked)
            if order.status is OrderStatus.CANCELLED:
                assert returned == line.quantity
