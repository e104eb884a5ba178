"""Whatever is repeated, comes at once or stops in the middle: one order for each paid checkout."""

import itertools
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.carts.domain.cart import Cart, cart_of_user
from commerce.checkout.domain.checkout import Checkout, CheckoutStatus, Reservation, order_id_of
from commerce.orders.domain.order import OrderStatus
from commerce.orders.domain.processing import NotPaid, OrderProcessor
from commerce.payments.domain.ledger import balances, owed_to_customers
from shared.auth.seals import BrokenSeal
from shared.errors import Unavailable
from shared.resilience.backoff import Backoff
from tests.commerce.carts.examples import a_line as a_cart_line
from tests.commerce.carts.fakes import FakeCarts
from tests.commerce.checkout.fakes import FakeCheckouts
from tests.commerce.examples import NOW
from tests.commerce.orders.examples import LATER, SEALS, a_gift, a_line, a_paid_checkout, a_quote
from tests.commerce.orders.fakes import FakeCounters, FakeLedger, FakeOrders, FakeWaiting
from tests.commerce.orders.interruptions import Around, Committing
from tests.shared.interleaving import Pause, interleaved
from tests.shared.persistence.fake_transactions import FakeTransaction

ADA, WAITER = cart_of_user("ada"), "token"


def at_once() -> Backoff:
    return Backoff(0, sleep=lambda _: None)


class Crashed(BaseException):
    """The process has ended: nothing of it goes on."""


@dataclass
class Till:
    checkouts: FakeCheckouts = field(default_factory=lambda: FakeCheckouts(a_paid_checkout()))
    orders: FakeOrders = field(default_factory=FakeOrders)
    ledger: FakeLedger = field(default_factory=FakeLedger)
    carts: FakeCarts = field(default_factory=FakeCarts)
    counters: FakeCounters = field(default_factory=FakeCounters)
    waiting: FakeWaiting = field(default_factory=FakeWaiting)

    def put(self, product_id: str, quantity: int, at: datetime = NOW) -> None:
        self.carts.put(self.carts.find(ADA, NOW), a_cart_line(product_id, quantity, at), NOW, exactly=False)

    @property
    def in_cart(self) -> dict[str, int]:
        return {line.product_id: line.quantity for line in self.carts.find(ADA, NOW).lines}

    def processor(self, around: Callable[[], None] = lambda: None) -> OrderProcessor:
        """`around` is called before and after every call of what it works with, and every commit."""

        return OrderProcessor(
            checkouts=Around(self.checkouts, around),
            seals=SEALS,
            orders=Around(self.orders, around),
            ledger=Around(self.ledger, around),
            carts=Around(self.carts, around),
            numbers=Around(self.counters, around),
            waiting=Around(self.waiting, around),
            unit_of_work=partial(Committing, around),
            backoff=at_once,
        )

    def process(self, checkout: Checkout | None = None, token: str | None = WAITER) -> str:
        return self.processor().process((checkout or self.checkout).checkout_id, token, LATER)

    @property
    def checkout(self) -> Checkout:
        return next(iter(self.checkouts.by_id.values()))

    def adds_up(self) -> None:
        """Every paid checkout has one order, and the ledger its money once, by kind of line."""
        recorded = [entry.entry_id for entry in self.ledger.entries]
        assert len(recorded) == len(set(recorded)) == 2 * len(self.orders.by_id)
        assert sum(balances(self.ledger.entries).values()) == 0
        assert owed_to_customers(self.ledger.entries) == {}
        numbers = [order.number for order in self.orders.by_id.values()]
        assert len(numbers) == len(set(numbers)) == len(self.checkouts.by_id)
        for checkout in self.checkouts.by_id.values():
            order = self.orders.by_id[order_id_of(checkout)]
            assert checkout.order_id == order.order_id
            assert (checkout.status, checkout.due_at) == (CheckoutStatus.COMPLETED, None)
            assert order.total == checkout.quote.total


def test_order_has_what_was_bought_and_the_checkout_is_done() -> None:
    till = Till()
    till.put("teapot", 2)
    till.put("nursing", 1)

    order_id = till.process()

    order = till.orders.by_id[order_id]
    assert (order.number, order.user_id, order.status) == ("100001", "ada", OrderStatus.PLACED)
    assert order.quote == till.checkout.quote
    assert order.delivery == till.checkout.delivery
    assert [(receipt.kind, receipt.number, receipt.total.amount) for receipt in order.receipts] == [
        ("goods", "G-100001", 2095),
        ("donations", "D-100001", 2500),
    ]
    assert [(event.status, event.at) for event in order.history] == [(OrderStatus.PLACED, LATER)]
    assert till.checkout.reservation is Reservation.SOLD
    assert till.in_cart == {}
    assert till.waiting.reported == [("token", order_id)]
    assert [entry.entry_id for entry in till.ledger.entries] == ["charge:ch_k1", f"order:{order_id}"]
    till.adds_up()


def test_order_of_gifts_alone_has_nothing_to_send() -> None:
    till = Till(FakeCheckouts(a_paid_checkout(a_gift())))

    order = till.orders.by_id[till.process()]

    assert [event.status for event in order.history] == [OrderStatus.PLACED, OrderStatus.FULFILLED]
    assert [receipt.number for receipt in order.receipts] == ["D-100001"]
    till.adds_up()


def test_repeated_message_makes_nothing_and_tells_whoever_waits_now() -> None:
    till = Till()
    till.put("teapot", 2)

    first, second, third = till.process(), till.process(token=None), till.process(token="another")

    assert first == second == third
    assert till.waiting.reported == [("token", first), ("another", first)]
    assert next(iter(till.orders.by_id.values())).version == 0
    till.adds_up()


@pytest.mark.parametrize(
    "status",
    [CheckoutStatus.PENDING, CheckoutStatus.REQUIRES_ACTION, CheckoutStatus.DECLINED, CheckoutStatus.CANCELLED],
)
def test_nobody_gets_an_order_before_it_is_paid(status: CheckoutStatus) -> None:
    till = Till(FakeCheckouts(a_paid_checkout(status=status)))

    with pytest.raises(NotPaid):
        till.process()

    assert (till.orders.by_id, till.ledger.entries, till.waiting.reported) == ({}, [], [])


def test_nobody_gets_an_order_for_what_was_not_quoted() -> None:
    """Somebody has written to the table."""
    checkout = a_paid_checkout()
    till = Till(FakeCheckouts(replace(checkout, quote=a_quote(a_line(quantity=9)))))

    with pytest.raises(BrokenSeal):
        till.process()

    assert (till.orders.by_id, till.ledger.entries, till.waiting.reported) == ({}, [], [])


def test_message_without_its_checkout_fails() -> None:
    with pytest.raises(NotPaid):
        Till().process(a_paid_checkout(key="another"))


@pytest.mark.parametrize(
    ("there", "left"),
    [
        ({"teapot": 5, "nursing": 1}, {"teapot": 3}),
        ({"teapot": 1}, {}),
        ({"cup": 3}, {"cup": 3}),
        ({}, {}),
    ],
    ids=["more of it", "less of it", "something else", "nothing"],
)
def test_cart_loses_what_was_bought_and_nothing_else(there: dict[str, int], left: dict[str, int]) -> None:
    till = Till()
    for product_id, quantity in there.items():
        till.put(product_id, quantity)

    till.process()

    assert till.in_cart == left
    till.adds_up()


def test_product_that_was_removed_and_added_again_meanwhile_stays() -> None:
    till = Till()
    till.put("teapot", 2, NOW + timedelta(minutes=1))

    till.process()

    assert till.in_cart == {"teapot": 2}


def test_cart_that_changes_meanwhile_keeps_the_change() -> None:
    till, changes = Till(), iter(range(3, 6))
    till.put("teapot", 2)
    commits = itertools.count()

    class Busy(FakeTransaction):
        def commit(self) -> None:
            if next(commits) < 3:
                till.put("teapot", next(changes))
            super().commit()

    replace(till.processor(), unit_of_work=Busy).process(till.checkout.checkout_id, None, LATER)

    assert till.in_cart == {"teapot": 3}
    assert next(iter(till.orders.by_id.values())).number == "100001"
    till.adds_up()


def test_cart_that_never_stops_changing_makes_it_try_later() -> None:
    till = Till()
    till.put("teapot", 99)

    class Restless(FakeTransaction):
        def commit(self) -> None:
            till.put("cup", 1)
            super().commit()

    with pytest.raises(Unavailable):
        replace(till.processor(), unit_of_work=Restless).process(till.checkout.checkout_id, None, LATER)

    till.process()
    till.adds_up()


def calls_of_one_order() -> int:
    counted = itertools.count()
    till = Till()
    till.put("teapot", 5)
    till.processor(lambda: void(next(counted))).process(till.checkout.checkout_id, "token", LATER)
    return next(counted)


def void(_: object) -> None: ...


@pytest.mark.parametrize("point", range(calls_of_one_order()))
def test_crash_before_and_after_every_call_makes_one_order_all_the_same(point: int) -> None:
    till, counted = Till(), itertools.count()
    till.put("teapot", 5)

    def crash() -> None:
        if next(counted) == point:
            raise Crashed

    with pytest.raises(Crashed):
        till.processor(crash).process(till.checkout.checkout_id, "token", LATER)
    order_id = till.process()

    assert till.in_cart == {"teapot": 3}
    assert ("token", order_id) in till.waiting.reported
    till.adds_up()


def at_the_same_time(till: Till, checkout_ids: Sequence[str], crashes: set[int]) -> Callable[[Pause], None]:
    """The messages one after the other; some calls end the process, whose message comes again."""

    def run(pause: Pause) -> None:
        counted = itertools.count()

        def around() -> None:
            pause()
            if next(counted) in crashes:
                raise Crashed

        for checkout_id in checkout_ids:
            with suppress(Crashed, Unavailable):
                till.processor(around).process(checkout_id, f"token of {checkout_id}", LATER)

    return run


@given(
    tasks=st.lists(
        st.tuples(st.lists(st.integers(0, 1), min_size=1, max_size=3), st.sets(st.integers(0, 30), max_size=2)),
        min_size=2,
        max_size=3,
    ),
    order=st.lists(st.integers(0, 10), max_size=80),
)
def test_processors_that_work_at_once_and_crash_make_one_order_of_each_checkout(
    tasks: list[tuple[list[int], set[int]]], order: list[int]
) -> None:
    """Two checkouts of one customer, bought from one cart, while a tab puts a cup into it."""
    checkouts = [a_paid_checkout(a_line(quantity=2), key="k1"), a_paid_checkout(a_line(quantity=3), key="k2")]
    till = Till(FakeCheckouts(*checkouts))
    till.put("teapot", 10)

    def shopping(pause: Pause) -> None:
        for quantity in (1, 2):
            pause()
            till.put("cup", quantity)

    running = [
        at_the_same_time(till, [checkouts[number].checkout_id for number in numbers], crashes)
        for numbers, crashes in tasks
    ]
    interleaved([*running, shopping], order)
    for checkout in checkouts:  # what crashed comes again
        till.process(checkout)

    assert till.in_cart == {"teapot": 5, "cup": 2}
    assert {order_id for _, order_id in till.waiting.reported} == set(till.orders.by_id)
    till.adds_up()


def test_closed_cart_of_nobody_is_left_alone() -> None:
    till = Till()
    till.carts.kept[ADA] = replace(Cart(ADA), merged_into="bob")

    till.process()

    assert till.carts.kept[ADA].merged_into == "bob"
