"""Figures on the running platform: what happens today is counted once."""

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from tests.e2e.clients import Api, Platform, User, eventually
from tests.e2e.test_orders import buy

pytestmark = [pytest.mark.platform, pytest.mark.alone]  # other tests buy and search, too

type Json = dict[str, Any]

PRICE = 250  # of the cup that is bought


def counts(staff: Api) -> Json:
    """Of today, and of tomorrow, which may begin meanwhile."""
    today = date.fromisoformat(staff.get("/admin/figures").json()["days"][-1]["date"])
    days = [day.isoformat() for day in (today, today + timedelta(days=1))]
    return dict(staff.get(f"/admin/figures?from={days[0]}&to={days[1]}").json()["totals"])


def money(day: Json, name: str, currency: str = "GBP") -> int:
    return sum(each["amount"] for each in day[name] if each["currency"] == currency)


def test_gift_order_refund_and_searches_count_once(
    commerce: Callable[..., Api],
    personalization: Callable[..., Api],
    platform: Platform,
    supporter: User,
    staff: User,
    admin: User,
) -> None:
    shop, fundraising = commerce(staff), personalization(staff)
    sold, given = counts(shop), counts(fundraising)

    gift = {"userId": supporter.user_id, "amount": {"amount": 4321, "currency": "NZD"}}
    key = {"Idempotency-Key": uuid.uuid4().hex}
    assert {fundraising("POST", "/donations", json=gift, headers=key).status_code for _ in range(2)} == {201}
    cup, order_id = buy(commerce(platform.sign_up("Ada")), commerce(admin))
    wanted = {"lines": [{"productId": cup, "quantity": 1}], "reason": "Broken"}
    refund = commerce(admin)
    assert refund("POST", f"/admin/orders/{order_id}/refunds", json=wanted, headers=key).status_code == 200
    visitor = commerce()
    assert visitor.get("/search?q=teapot").status_code == visitor.get("/search?q=zzqxj").status_code == 200

    eventually(lambda: money(counts(fundraising), "amount", "NZD") == money(given, "amount", "NZD") + 4321)
    eventually(lambda: money(counts(shop), "refunds") == money(sold, "refunds") + PRICE)
    after = counts(shop)
    assert after["orders"] == sold["orders"] + 1
    assert money(after, "sales") == money(sold, "sales") + 3 * PRICE + 395
    assert money(after, "donations") == money(sold, "donations")
    assert after["searches"] == sold["searches"] + 2
    assert after["searchesWithoutResult"] == sold["searchesWithoutResult"] + 1
    assert counts(fundraising)["gifts"] == given["gifts"] + 1
