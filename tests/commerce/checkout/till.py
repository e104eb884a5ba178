"""A till in this process: the deployed state machine, what its functions do, queues, the sweep, and time."""

import itertools
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

from commerce.carts.domain.cart import Carts, cart_of_user
from commerce.carts.domain.cart_service import CartService
from commerce.catalogue.domain.products import Product
from commerce.checkout.domain.checkout import Checkout, Checkouts, CheckoutStatus, Reservation
from commerce.checkout.domain.giving_back import GivingBack
from commerce.checkout.domain.opening import Opening, Wanted
from commerce.checkout.domain.paying import CheckoutPayments
from commerce.checkout.domain.saga import CheckoutSaga, Outcome
from commerce.checkout.domain.sealing import QuoteSeals
from commerce.checkout.domain.sweeping import Sweep
from commerce.orders.domain.orders import OrderBook, Orders, booked, closed, restocked
from commerce.orders.domain.processing import OrderProcessor
from commerce.orders.domain.refunds import Refunds
from commerce.payments.domain.events import PaymentEvent
from commerce.payments.domain.ledger import Account, Entry, balances, owed_to_customers
from commerce.payments.domain.provider import Means
from commerce.settlement.domain.following import Following
from commerce.settlement.domain.settling import Settler
from commerce.stock.domain.movements import StockLedger
from shared.auth.seals import Seals
from shared.errors import AlmonerError, Conflict, Invalid
from shared.persistence.unit_of_work import UnitOfWork
from shared.resilience.backoff import Backoff
from tests.commerce.carts.fakes import AtOnce
from tests.commerce.checkout.examples import ADDRESS
from tests.commerce.checkout.machine import Clock, Execution, Json, Killed
from tests.commerce.examples import NOW
from tests.commerce.settlement.fakes import FakeSettledEvents
from tests.shared.boundaries import Boundaries, Observed, observed_work

_MAX_ROUNDS, _MAX_ATTEMPTS = 400, 40


class Bank(Protocol):
    """What customers and their banks do, and what has been charged in the end."""

    def authenticate(self, payment_id: str, *, passed: bool) -> None: ...

    def pass_time(self) -> None: ...

    def dispute(self, payment_id: str) -> None:
        """Their bank takes back what has been paid, if it has been."""
        ...

    def charged(self, payment_id: str) -> int:
        """Minor units that the customer has paid, and that the shop has not given back."""
        ...

    def disputed(self, payment_id: str) -> int:
        """Minor units that the bank has taken back."""
        ...


@dataclass(kw_only=True)
class Ports:
    products: Any
    stock: StockLedger
    carts: Carts
    checkouts: Checkouts
    orders: Orders
    ledger: Any
    provider: Any
    bank: Bank
    begin: Callable[[], UnitOfWork]
    entries: Callable[[], list[Entry]]
    checkout_ids: Callable[[], list[str]]
    orders_of: Callable[[], list[str]]
    processor: Callable[["Till"], OrderProcessor]
    shop: Sequence[Product]
    """Two goods and a gift."""
    user_id: str = "ada"

    @property
    def opened(self) -> Mapping[str, int]:
        """The stocks at the beginning."""
        return {product.product_id: product.stock for product in self.shop if product.stock is not None}


@dataclass
class Queue:
    """Messages come again until somebody has worked on them."""

    messages: deque[Json] = field(default_factory=deque)

    def request(self, checkout_id: str) -> None:
        self.messages.append({"checkoutId": checkout_id})

    def request_later(self, order_id: str) -> None:
        raise AssertionError(f"nobody refunds {order_id} here")

    def request_all(self, checkout_ids: list[str]) -> None:
        for checkout_id in checkout_ids:
            self.request(checkout_id)


class Till:
    """`boundaries` see every call of the functions to another service, in the order in which they are made."""

    def __init__(self, ports: Ports, boundaries: Boundaries | None = None) -> None:
        self.ports, self.clock = ports, Clock(NOW)
        self.boundaries = boundaries or Boundaries()
        self.executions: dict[str, Execution] = {}
        self.order_queue, self.settlement_queue = Queue(), Queue()
        self.broken: list[str] = []
        self.event_numbers = itertools.count(1)
        see: Any = lambda port, name: Observed(port, name, self.boundaries)  # noqa: E731
        begin = observed_work(ports.begin, self.boundaries)
        checkouts, products = see(ports.checkouts, "checkouts"), see(ports.products, "products")
        self.seals = seals = QuoteSeals(Seals("a key for tests"))
        self.opening = Opening(
            checkouts=checkouts,
            carts=CartService(see(ports.carts, "carts"), products, "GBP", AtOnce()),
            seals=seals,
            executions=see(self, "machine"),
            settlements=see(self.settlement_queue, "settlements"),
            currency="GBP",
            shipping_amount=395,
        )
        self.saga = CheckoutSaga(
            checkouts=checkouts, products=products, stock=ports.stock, seals=seals, unit_of_work=begin
        )
        self.payments = CheckoutPayments(
            saga=self.saga,
            provider=see(ports.provider, "provider"),
            giving_back=GivingBack(see(ports.provider, "provider"), see(ports.ledger, "ledger")),
            orders=see(self.order_queue, "orders"),
            waiting=see(self, "machine"),
            return_url="https://shop.example/back",
        )
        self.sweep = Sweep(checkouts, see(self.settlement_queue, "settlements"))
        self.begin, self.see = begin, see
        self.process = ports.processor(self).process
        consequences = booked(ports.ledger), restocked(ports.stock), closed(checkouts)
        orders = see(ports.orders, "orders")
        refunds = Refunds(
            book=OrderBook(orders, begin, consequences, at_once),
            orders=orders,
            provider=see(ports.provider, "provider"),
            settlements=see(self.settlement_queue, "settlements"),
        )
        self.settled_events = FakeSettledEvents()
        self.settler = Settler(self.settled_events, Following(self.payments, refunds).followers)
        self.tasks: Mapping[str, Callable[[Json], Json | None]] = {
            "ValidateCheckoutArn": self._step(self.saga.validate),
            "ReserveStockArn": self._step(self.saga.reserve),
            "CreatePaymentArn": self._step(self.payments.create),
            "ConfirmPaymentArn": self._step(self.payments.confirm),
            "FindPaymentArn": self._step(self.payments.settle),
            "AbandonCheckoutArn": self._step(self.payments.abandon),
            "AwaitPaymentArn": lambda event: self.payments.wait(
                event["checkoutId"], event["taskToken"], self.clock.now
            ),
            "CreateOrder": lambda event: self.order_queue.messages.append(event),
        }

    # --- what Step Functions does

    def start(self, checkout_id: str) -> None:
        self.executions.setdefault(checkout_id, Execution(self.clock, self.tasks, checkout_id))

    def resume(self, task_token: str, output: Mapping[str, str]) -> bool:
        return any(execution.succeed(task_token, dict(output)) for execution in self.executions.values())

    def listen(self) -> list[tuple[str, Outcome]]:
        """Of nobody but the test: what waiting executions are reported from now on, by token."""
        reported: list[tuple[str, Outcome]] = []

        def note(task_token: str, output: Mapping[str, str]) -> bool:
            reported.append((task_token, Outcome(output["outcome"])))
            return True

        self.resume = note  # type: ignore[method-assign]
        return reported

    # --- what people do

    def put(self, user_id: str, product: Product, quantity: int) -> None:
        cart = CartService(self.ports.carts, self.ports.products, "GBP", AtOnce())
        cart.put(cart_of_user(user_id), product.product_id, quantity, None, self.clock.now)

    def buy(self, user_id: str | None = None, means: str = "pm_card_visa", key: str = "key-1") -> Checkout:
        """The customer sends the same request again until there is an answer."""
        wanted = Wanted(
            user_id=user_id or self.ports.user_id,
            key=key,
            request_hash="the same",
            means=Means(payment_method_id=means),
            cart_version=None,
            delivery=ADDRESS,
            gift_aid=None,
        )
        for _ in range(_MAX_ATTEMPTS):
            try:
                return self.opening.open(wanted, self.clock.now)
            except (Killed, AlmonerError) as error:
                if not self.boundaries.happened or (isinstance(error, AlmonerError) and not _passes(error)):
                    raise
        raise AssertionError("the customer got no answer")

    def attempt(self, user_id: str, means: str) -> Checkout | None:
        """None where the cart cannot be bought."""
        try:
            return self.buy(user_id, means, key=user_id)
        except (Conflict, Invalid):
            return None

    def cancel(self, checkout_id: str, user_id: str | None = None) -> None:
        for _ in range(2):
            try:
                self.opening.cancel(checkout_id, user_id or self.ports.user_id)
            except Killed:
                continue
            except AlmonerError:
                pass
            return

    def payment_of(self, checkout: Checkout) -> str | None:
        found = self.ports.checkouts.find(checkout.checkout_id)
        return found.payment_id if found else None

    def dispute(self, checkout: Checkout) -> None:
        """The customer's bank takes the money back, and the provider says so."""
        payment_id = self.payment_of(checkout)
        if payment_id:
            self.ports.bank.dispute(payment_id)
            self.hear("charge.dispute.created", payment_id)

    def hear(self, kind: str, payment_id: str) -> None:
        """An event of the provider's, which nobody has worked on yet."""
        event = PaymentEvent(
            event_id=f"evt_{next(self.event_numbers)}",
            kind=kind,
            object_id=payment_id,
            created=1,
            payment_id=payment_id,
        )
        self.settlement_queue.messages.append(dict(event.message()))

    def report(self, checkout: Checkout) -> None:
        """The provider's webhook, which comes twice."""
        for _ in range(2):
            self.settlement_queue.request(checkout.checkout_id)
        self.work()

    # --- time and messages

    def work(self) -> None:
        """Until nobody has anything to do."""
        for _ in range(_MAX_ROUNDS):
            if not self._work_once():
                return
        raise AssertionError("it never comes to rest")

    def pass_time(self, passing: timedelta) -> None:
        self.clock.now += passing
        for execution in self.executions.values():
            execution.time_out()
        for _ in range(_MAX_ATTEMPTS):
            try:
                self.sweep.run(self.clock.now)
            except (Killed, AlmonerError):  # a minute later, again
                continue
            break
        self.work()

    def come_to_rest(self) -> None:
        """Everything that was lost is found, everything that runs out has run out."""
        self.work()
        for minutes in (2, 6, 31, 32, 60 * 13, 60 * 24 * 15):
            self.pass_time(timedelta(minutes=minutes))

    def stop_machine(self, checkout_id: str) -> None:
        """Its execution is gone, as if somebody had stopped it."""
        execution = self.executions.get(checkout_id)
        if execution is not None:
            execution.state = execution.token = None

    def _work_once(self) -> bool:
        worked = False
        for execution in list(self.executions.values()):
            if execution.state is not None and execution.token is None:
                execution.run()
                worked = True
        for queue, work in ((self.order_queue, self._order), (self.settlement_queue, self._settle)):
            for _ in range(len(queue.messages)):
                message = queue.messages.popleft()
                try:
                    work(message)
                except (Killed, AlmonerError):
                    queue.messages.append(message)
                except Exception as error:  # noqa: BLE001  its dead letter would sound an alarm
                    self.broken.append(type(error).__name__)
                worked = True
        return worked

    def _order(self, message: Json) -> None:
        self.process(message["checkoutId"], message.get("taskToken"), self.clock.now)

    def _settle(self, message: Json) -> None:
        if "checkoutId" in message:
            self.payments.settle(message["checkoutId"], self.clock.now)
        else:
            self.settler.settle(PaymentEvent.of(message), self.clock.now)

    def _step(self, step: Callable[[str, Any], Outcome]) -> Callable[[Json], Json]:
        def run(event: Json) -> Json:
            checkout_id = event["checkoutId"]
            return {"checkoutId": checkout_id, "outcome": step(checkout_id, self.clock.now).value}

        return run

    def refusal_of(self, work: Callable[[], object]) -> str | None:
        try:
            work()
        except AlmonerError as error:
            return type(error).__name__
        return None

    # --- what has to be true in the end

    def require_sound(self) -> None:
        """Charged with an order, or neither; stock and money add up."""
        opened, orders = self.ports.opened, self.ports.orders_of()
        sold = dict.fromkeys(opened, 0)
        assert not self.broken
        for checkout in self._all_checkouts():
            total = checkout.quote.total.amount
            charged = self.ports.bank.charged(checkout.payment_id) if checkout.payment_id else 0
            mine = [order_id for order_id in orders if order_id == checkout.order_id]
            if checkout.status is CheckoutStatus.COMPLETED:
                assert (charged, len(mine)) == (total, 1), f"{charged} of {total} charged for {len(mine)} orders"
                assert not checkout.lacks_stock or checkout.reservation is Reservation.SOLD
                for product_id, quantity in checkout.quote.stocked.items():
                    sold[product_id] += quantity
            else:
                assert checkout.status in {
                    CheckoutStatus.DECLINED,
                    CheckoutStatus.OUT_OF_STOCK,
                    CheckoutStatus.CANCELLED,
                    CheckoutStatus.REFUNDED,
                }
                assert (charged, len(mine)) == (0, 0), f"{checkout.status}, {charged} charged, {len(mine)} orders"
                assert checkout.reservation in {Reservation.NONE, Reservation.RELEASED}
            assert checkout.due_at is None
        for product_id, stock in opened.items():
            left = self.ports.products.find(product_id)
            assert left.stock == stock - sold[product_id], f"{product_id}: {left.stock} of {stock}, {sold} sold"
        entries = self.ports.entries()
        assert owed_to_customers(entries) == {}
        held = balances(entries)
        assert sum(held.values()) == 0
        bank, paid = self.ports.bank, [each.payment_id for each in self._all_checkouts() if each.payment_id]
        taken = sum(bank.charged(payment_id) - bank.disputed(payment_id) for payment_id in paid)
        assert held.get((Account.PROVIDER, "GBP"), 0) == taken
        assert all(execution.state is None for execution in self.executions.values())

    def _all_checkouts(self) -> list[Checkout]:
        found = (self.ports.checkouts.find(checkout_id) for checkout_id in self.ports.checkout_ids())
        return [checkout for checkout in found if checkout]


def at_once() -> Backoff:
    return Backoff(0, sleep=lambda _: None)


def _passes(error: AlmonerError) -> bool:
    return type(error).__name__ in {"Unavailable", "StillConflicting"}
