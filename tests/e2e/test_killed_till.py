"""Workers of the till are killed at any moment of a purchase: what customers, stock and Stripe see afterwards."""

import os
import random
import time
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from local.payments.process import PaymentControl
from tests.commerce.checkout.examples import SENT_ADDRESS
from tests.e2e.clients import Api, Platform, User
from tests.e2e.killing import kill, names_by_stem
from tests.local.payments.conftest import client_of

pytestmark = [pytest.mark.platform, pytest.mark.alone]

POINTS, AT_ONCE, PATIENCE_SECONDS = 32, 4, 300
STEPS = ("validate_checkout", "reserve_stock", "create_payment", "confirm_payment", "abandon_checkout")
QUEUES = ("process_orders", "settle_payments")
"""Their messages come again after minutes only: `KILLED=all` takes them as well."""
ENDS = {"pm_card_visa": "completed", "pm_card_visa_chargeDeclined": "declined"}
SLOW: Sequence[dict[str, Any]] = (
    {"match": "/confirm", "wait_seconds": 1},
    {"match": "/confirm", "late_seconds": 1},
    {"match": "/payment_intents", "late_seconds": 1},
)
"""What Stripe does slowly, so that a worker is killed before it was done, or before the answer came."""


@dataclass(frozen=True)
class Point:
    means: str
    functions: Sequence[str]
    after_seconds: float
    slow: dict[str, Any] | None


def points() -> list[Point]:
    chance = random.Random(14)  # noqa: S311  a fixed seed
    functions = STEPS + (QUEUES if os.environ.get("KILLED") == "all" else ())
    return [
        Point(
            means=chance.choice(["pm_card_visa"] * 3 + ["pm_card_visa_chargeDeclined"]),
            functions=chance.sample(functions, chance.randint(1, len(functions))),
            after_seconds=chance.uniform(0, 1.5),
            slow=chance.choice([None, *SLOW]),
        )
        for _ in range(POINTS)
    ]


def test_purchases_end_as_they_should_whoever_is_killed_meanwhile(
    platform: Platform, commerce: Callable[..., Api], admin: User
) -> None:
    shop, stripe = commerce(admin), PaymentControl(platform.outputs["payments"], platform.root_user.secret_access_key)
    cup = {"name": "China cup", "category": "Homeware", "price": {"amount": 250, "currency": "GBP"}, "stock": 500}
    product_id = shop("POST", "/products", json=cup).json()["productId"]
    names = names_by_stem(platform, "commerce.")

    def purchase(point: Point) -> tuple[Api, str, int]:
        customer = commerce(platform.sign_up("Ada"))
        customer("PUT", f"/cart/items/{product_id}", json={"quantity": 2})
        if point.slow:
            stripe.fail(**point.slow)
        wanted = {"paymentMethodId": point.means, "delivery": SENT_ADDRESS}
        answer = customer("POST", "/checkout", json=wanted, headers={"Idempotency-Key": uuid.uuid4().hex})
        assert answer.status_code == 202, answer.text
        time.sleep(point.after_seconds)  # the moment is what is tried here
        return customer, str(answer.json()["checkoutId"]), sum(kill(names[each]) for each in point.functions)

    tried = points()
    with ThreadPoolExecutor(AT_ONCE) as customers:
        begun = list(customers.map(purchase, tried))
    stripe.forget_faults()
    assert sum(killed for _, _, killed in begun) >= POINTS, "the workers were not there any more"

    statuses = [ended(customer, checkout_id) for customer, checkout_id, _ in begun]

    assert statuses == [ENDS[point.means] for point in tried]
    assert shop.get(f"/admin/products/{product_id}").json()["stock"] == 500 - 2 * statuses.count("completed")
    assert charged(platform, [checkout_id for _, checkout_id, _ in begun]) == [
        2 * 250 + 395 if status == "completed" else 0 for status in statuses
    ]


def ended(customer: Api, checkout_id: str) -> str:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (status := customer.get(f"/checkout/{checkout_id}").json()["status"]) not in {"completed", "declined"}:
        assert time.monotonic() < deadline, f"{checkout_id} is {status}"
        time.sleep(0.2)
    return str(status)


def charged(platform: Platform, checkout_ids: Sequence[str]) -> list[int]:
    """Minor units, by checkout: of all payments at Stripe that name it."""
    intents = client_of(platform.outputs["payments"]).v1.payment_intents.list({"limit": 100}).auto_paging_iter()
    amounts = dict.fromkeys(checkout_ids, 0)
    for intent in intents:
        reference = intent.metadata.to_dict().get("reference", "")
        if reference in amounts:
            amounts[reference] += intent.amount_received
    return list(amounts.values())
