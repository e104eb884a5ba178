"""What whoever keeps orders must do, in memory and in DynamoDB."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from commerce.carts.adapters.carts import DynamoCarts
from commerce.checkout.adapters.checkouts import DynamoCheckouts
from commerce.checkout.domain.checkout import CheckoutStatus
from commerce.orders.adapters.orders import DynamoOrders
from commerce.orders.domain.order import Dispute, DisputeStatus, Fulfilment, Note, Order, OrderStatus
from commerce.orders.domain.orders import ORDER, Listing, Orders
from commerce.orders.domain.processing import OrderProcessor
from commerce.orders.domain.refund import Refund, RefundStatus, Share
from commerce.payments.adapters.ledger import DynamoLedger
from local.workspace import ROOT
from shared.dynamodb.counters import DynamoCounters
from shared.dynamodb.transactions import Transaction
from shared.persistence.unit_of_work import UnitOfWork, WriteRefused
from tests.commerce.carts.examples import a_line as a_cart_line
from tests.commerce.examples import NOW
from tests.commerce.orders.examples import LATER, SEALS, a_gift, a_line, a_paid_checkout, an_order
from tests.commerce.orders.fakes import FakeOrders, FakeWaiting
from tests.shared.dynamodb.dynamodb_calls import cost_of
from tests.shared.dynamodb.dynamodb_tables import tables_like
from tests.shared.persistence.fake_transactions import FakeTransaction

ALL = Listing(None, None, None)
DAY = timedelta(days=1)

type Begin = Callable[[], UnitOfWork]


def of_day(day: int, user_id: str, count: int, status: OrderStatus = OrderStatus.PLACED) -> Order:
    key = f"{user_id} {count}"
    order = an_order(user_id=user_id, key=key, created_at=NOW + day * DAY + timedelta(seconds=count), count=count)
    return replace(order, status=status)


class OrdersContract:
    @pytest.fixture
    def begin(self) -> Begin:
        raise NotImplementedError

    def added(self, orders: Orders, begin: Begin, *several: Order) -> None:
        for order in several:
            unit_of_work = begin()
            orders.add(order, unit_of_work)
            unit_of_work.commit()

    def test_order_is_kept_as_it_is(self, orders: Orders, begin: Begin) -> None:
        refund = Refund(
            refund_id="r1",
            status=RefundStatus.SUCCEEDED,
            shares=(Share("teapot", "goods", 850, 1, 1), Share(None, "shipping", 100)),
            currency="GBP",
            reason="Cracked ‮ 🫖",
            by="tom",
            at=LATER,
            request_hash="hash",
            provider_id="re_1",
            returned={"goods": 850, "shipping": 100},
            is_restocked=True,
        )
        order = replace(
            an_order(a_line(), a_gift(), key="full"),
            status=OrderStatus.FULFILLED,
            fulfilment=Fulfilment(LATER, "tom", "Royal Mail", None),
            refunds=(refund, replace(refund, refund_id="r2", provider_id=None, returned=None)),
            disputes=(Dispute("du_1", DisputeStatus.LOST, 100, LATER, (Share("nursing", "donations", 100),)),),
            notes=(Note(LATER, "tom", "Rang.\nNobody there."),),
        )
        self.added(orders, begin, order)

        assert orders.find(order.order_id) == order
        assert orders.find_by_number(order.number) == order
        assert orders.find_by_payment(order.payment_id) == order

    def test_what_is_not_there_is_not_found(self, orders: Orders) -> None:
        assert orders.find("nothing") is None
        assert orders.find_by_number("1") is None
        assert orders.find_by_payment("pi_nothing") is None
        assert orders.of_user("nobody", ALL, None, 5).items == ()

    def test_order_is_added_once_and_saved_in_the_place_of_the_version_that_was_read(
        self, orders: Orders, begin: Begin
    ) -> None:
        order = an_order(key="once")
        self.added(orders, begin, order)
        unit_of_work = begin()
        saved = orders.save(order.cancelled(LATER), unit_of_work)
        unit_of_work.commit()

        assert saved == orders.find(order.order_id)
        assert (saved.version, saved.status) == (1, OrderStatus.CANCELLED)
        for write in (lambda unit: orders.add(order, unit), lambda unit: orders.save(order, unit)):
            unit_of_work = begin()
            write(unit_of_work)
            with pytest.raises(WriteRefused) as refused:
                unit_of_work.commit()
            assert refused.value.refused == {ORDER}
        assert orders.find(order.order_id) == saved

    def test_pages_of_a_user_are_newest_first_and_complete(self, orders: Orders, begin: Begin) -> None:
        mine = [of_day(day, "grace", day) for day in range(5)]
        self.added(orders, begin, *mine, of_day(1, "alan", 6))

        assert self.pages(lambda after: orders.of_user("grace", ALL, after, 2)) == [
            mine[4:2:-1],
            mine[2:0:-1],
            mine[:1],
        ]
        since = Listing(None, NOW + DAY, NOW + 3 * DAY)
        assert list(orders.of_user("grace", since, None, 9).items) == mine[2:0:-1]

    def test_pages_by_status_and_time_are_newest_first_and_complete(self, orders: Orders, begin: Begin) -> None:
        base = 100  # days that no other test has orders on
        placed = [of_day(base + number // 4, "mary", number) for number in range(12)]
        sent = [of_day(base + number, "mary", 20 + number, OrderStatus.FULFILLED) for number in range(3)]
        self.added(orders, begin, *placed, *sent)
        first = NOW + base * DAY
        listing = Listing(OrderStatus.PLACED, first, first + 9 * DAY)

        assert self.pages(lambda after: orders.listed(listing, after, 5)) == [
            placed[:6:-1],
            placed[6:1:-1],
            placed[1::-1],
        ]
        assert list(orders.listed(replace(listing, status=OrderStatus.CANCELLED), None, 5).items) == []
        everything = sorted([*placed, *sent], key=lambda order: order.order_id, reverse=True)
        pages = self.pages(lambda after: orders.listed(replace(listing, status=None), after, 4))
        assert [order for page in pages for order in page] == everything
        one_day = Listing(OrderStatus.PLACED, first + DAY, first + 2 * DAY)
        assert list(orders.listed(one_day, None, 9).items) == placed[7:3:-1]

    def pages(self, page_after: Callable[[str | None], Any]) -> list[list[Order]]:
        pages, after = list[list[Order]](), None
        while True:
            page = page_after(after)
            pages.append(list(page.items))
            after = page.after
            if after is None:
                return pages


class TestFakeOrders(OrdersContract):
    @pytest.fixture
    def orders(self) -> FakeOrders:
        return FakeOrders()

    @pytest.fixture
    def begin(self) -> Begin:
        return FakeTransaction


TEMPLATES = ROOT / "commerce"
TILL = ["CheckoutsTable", "OrdersTable", "LedgerTable", "CountersTable"]


@pytest.mark.emulator
@pytest.mark.xdist_group("emulator")
class TestDynamoOrders(OrdersContract):
    @pytest.fixture
    def orders(self, tables: dict[str, str]) -> DynamoOrders:
        return DynamoOrders(tables["OrdersTable"])

    @pytest.fixture
    def begin(self) -> Begin:
        return Transaction

    @pytest.fixture
    def tables(self, local_aws: str) -> Iterator[dict[str, str]]:
        with (
            tables_like(local_aws, TEMPLATES / "till_tables.yaml", TILL) as till,
            tables_like(local_aws, TEMPLATES / "tables.yaml", ["CartsTable"]) as carts,
        ):
            yield {**till, **carts}

    def test_page_costs_one_query_for_each_part_whatever_lies_between(self, orders: DynamoOrders, begin: Begin) -> None:
        self.added(orders, begin, of_day(0, "ada", 1), of_day(300, "ada", 2))
        year = Listing(OrderStatus.PLACED, NOW, NOW + 365 * DAY)

        assert cost_of(lambda: orders.listed(year, None, 20)).calls == ["Query"] * 4
        assert cost_of(lambda: orders.listed(replace(year, status=None), None, 20)).calls == ["Query"] * 12
        assert cost_of(lambda: orders.of_user("ada", ALL, None, 20)).calls == ["Query"]
        assert cost_of(lambda: orders.find_by_number("100001")).calls == ["Query", "GetItem"]

    def test_numbers_are_never_the_same_twice(self, tables: dict[str, str]) -> None:
        counters = DynamoCounters(tables["CountersTable"])

        with ThreadPoolExecutor(8) as pool:
            numbers = list(pool.map(lambda _: counters.next("order"), range(40)))

        assert sorted(numbers) == list(range(1, 41))

    def test_paid_checkout_becomes_one_order_by_one_transaction_however_many_process_it(
        self, orders: DynamoOrders, tables: dict[str, str]
    ) -> None:
        checkouts, carts = DynamoCheckouts(tables["CheckoutsTable"]), DynamoCarts(tables["CartsTable"])
        now = datetime.now(NOW.tzinfo)
        checkout = a_paid_checkout(key="at once", created_at=now)
        checkouts.add(checkout)
        before = now - timedelta(minutes=1)
        carts.put(carts.find(checkout.cart_id, now), a_cart_line("teapot", 5, before), now, exactly=False)
        waiting = FakeWaiting()
        processor = self.processor(tables, waiting)

        with ThreadPoolExecutor(8) as pool:
            made = set(pool.map(lambda _: processor.process(checkout.checkout_id, "token", now), range(8)))

        [order_id] = made
        order, done = orders.find(order_id), checkouts.find(checkout.checkout_id)
        assert order
        assert done
        assert (order.total, order.version) == (checkout.quote.total, 0)
        assert (done.status, done.order_id, done.version) == (CheckoutStatus.COMPLETED, order_id, checkout.version + 1)
        assert {line.product_id: line.quantity for line in carts.find(checkout.cart_id, now).lines} == {"teapot": 3}
        again = cost_of(lambda: processor.process(checkout.checkout_id, None, now))
        assert again.calls == ["GetItem"]
        assert waiting.reported == [("token", order_id)] * 8

    def test_order_takes_four_round_trips(self, tables: dict[str, str]) -> None:
        checkout = a_paid_checkout(key="alone")
        DynamoCheckouts(tables["CheckoutsTable"]).add(checkout)
        processor = self.processor(tables, FakeWaiting())

        made = cost_of(lambda: processor.process(checkout.checkout_id, None, LATER))

        assert made.calls == ["GetItem", "UpdateItem", "GetItem", "TransactWriteItems"]

    def processor(self, tables: dict[str, str], waiting: FakeWaiting) -> OrderProcessor:
        return OrderProcessor(
            checkouts=DynamoCheckouts(tables["CheckoutsTable"]),
            seals=SEALS,
            orders=DynamoOrders(tables["OrdersTable"]),
            ledger=DynamoLedger(tables["LedgerTable"]),
            carts=DynamoCarts(tables["CartsTable"]),
            numbers=DynamoCounters(tables["CountersTable"]),
            waiting=waiting,
            unit_of_work=Transaction,
        )
