"""Many checkouts in memory, by what the functions call, while a part of all calls fails."""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from commerce.checkout.domain.checkout import Checkout, CheckoutStatus
from commerce.payments.domain.ledger import Account, balances, owed_to_customers
from commerce.payments.domain.provider import OutcomeUnknown
from shared.errors import Unavailable
from tests.commerce.checkout.conftest import ports_in_memory
from tests.commerce.checkout.machine import Killed
from tests.commerce.checkout.till import Till
from tests.commerce.examples import a_donation_item, a_product
from tests.shared.boundaries import Boundaries, Point

_MEANS = (
    *["pm_card_visa"] * 6,
    "pm_card_visa_chargeDeclined",
    *["pm_card_threeDSecure2Required"] * 2,
    "pm_bacsDebit_success",
)


@dataclass
class Faulty(Boundaries):
    """Each call fails with this probability: before it, or after it, which the caller cannot tell apart."""

    share: float = 0.0
    chance: random.Random = field(default_factory=random.Random)
    faults: int = 0
    calls: int = 0

    def _pass(self, point: Point) -> None:
        self.calls += point.phase == "before"
        if self.chance.random() < self.share / 2:
            self.faults += 1
            self.happened = True
            if self.chance.random() < 0.5:
                raise Killed
            raise OutcomeUnknown("pi") if point.call == "provider.confirm" else Unavailable("Nobody knows.")


@dataclass
class Simulated:
    checkouts: int = 0
    calls: int = 0
    faults: int = 0
    statuses: Counter[CheckoutStatus] = field(default_factory=Counter)
    accounts: Counter[Account] = field(default_factory=Counter)

    def __add__(self, other: "Simulated") -> "Simulated":
        return Simulated(
            self.checkouts + other.checkouts,
            self.calls + other.calls,
            self.faults + other.faults,
            self.statuses + other.statuses,
            Counter({name: self.accounts[name] + other.accounts[name] for name in Account}),
        )


def simulate(checkouts: int, share_of_faults: float, seed: int) -> Simulated:
    """One shop with so many customers. Raises AssertionError where money, orders or stock do not add up."""
    chance = random.Random(seed)  # noqa: S311  a fixed seed
    boundaries = Faulty(share=share_of_faults, chance=chance)
    stock = checkouts  # which does not last for all
    ports = ports_in_memory(a_product("teapot", stock=stock), a_product("kettle", stock=stock), a_donation_item())
    till = Till(ports, boundaries)
    for number in range(checkouts):
        _buy(till, f"customer-{number}", chance)
        if number % 20 == 0:
            till.pass_time(timedelta(minutes=chance.randint(0, 10)))
    boundaries.share = 0.0
    ports.bank.pass_time()
    till.come_to_rest()
    till.require_sound()
    entries = ports.entries()
    held = balances(entries)
    assert sum(held.values()) == 0
    assert owed_to_customers(entries) == {}
    found = [ports.checkouts.find(checkout_id) for checkout_id in ports.checkout_ids()]
    return Simulated(
        checkouts,
        boundaries.calls,
        boundaries.faults,
        Counter(checkout.status for checkout in found if checkout),
        Counter({account: amount for (account, _), amount in held.items()}),
    )


def _buy(till: Till, customer: str, chance: random.Random) -> None:
    for product in chance.sample(till.ports.shop, chance.randint(1, 3)):
        left = till.ports.products.find(product.product_id).stock
        if left != 0:
            till.put(customer, product, min(chance.randint(1, 4), left or 4))
    checkout = till.attempt(customer, chance.choice(_MEANS))
    if checkout is None:
        return
    till.work()
    if chance.random() < 0.05:
        till.cancel(checkout.checkout_id, customer)
    if chance.random() < 0.8:
        _acts(till, checkout, passed=chance.random() < 0.8)


def _acts(till: Till, checkout: Checkout, *, passed: bool) -> None:
    payment_id = till.payment_of(checkout)
    if payment_id:
        till.ports.bank.authenticate(payment_id, passed=passed)
        till.report(checkout)
