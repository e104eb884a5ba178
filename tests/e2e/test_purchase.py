"""One purchase of goods and a gift, from the cart to everything that it leaves behind."""

import csv
import io
import uuid
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tests.e2e.clients import Api, Platform, User, eventually
from tests.e2e.local_inbox import inbox_of
from tests.e2e.shopping import VISA, begin, ended, gbp, put_on_sale, stock_of

pytestmark = pytest.mark.platform

CUPS, GIFT, SHIPPING = 3 * 250, 1500, 395


@pytest.fixture
def finance(platform: Platform, commerce: Callable[..., Api]) -> Api:
    return commerce(platform.sample_user("finance"))


def history_of(platform: Platform, checkout_id: str) -> list[dict[str, object]]:
    """The events of the state machine's execution, which has the checkout's id for a name."""
    machines = platform.aws("stepfunctions")
    [arn] = [
        machine["stateMachineArn"]
        for machine in machines.list_state_machines()["stateMachines"]
        if "Commerce" in machine["name"]
    ]
    execution = f"{arn.replace(':stateMachine:', ':execution:')}:{checkout_id}"
    eventually(lambda: machines.describe_execution(executionArn=execution)["status"] == "SUCCEEDED")
    pages = machines.get_paginator("get_execution_history").paginate(executionArn=execution)
    return [event for page in pages for event in page["events"]]


def rows(answer_text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer_text, newline="")))


def test_purchase_is_seen_by_everybody_whom_it_concerns(
    platform: Platform,
    supporter: User,
    admin: User,
    finance: Api,
    commerce: Callable[..., Api],
    personalization: Callable[..., Api],
) -> None:
    customer, shop = commerce(supporter), commerce(admin)
    cup, nursing = put_on_sale(shop), put_on_sale(shop, name="A nurse's hour", kind="donation", stock=None)
    customer("PUT", f"/cart/items/{cup}", json={"quantity": 3})
    customer("PUT", f"/cart/items/{nursing}", json={"quantity": 1, "amount": GIFT})
    declaration = commerce().get("/gift-aid/declaration").json()["version"]
    gift_aid = {"firstName": "Rosa", "lastName": "Martínez", "house": "7", "postcode": "ls1 4ap"}
    key = uuid.uuid4().hex

    def buy() -> str:
        return begin(customer, VISA, key, giftAid=gift_aid | {"declaration": declaration})

    checkout_id = buy()
    customer("PUT", f"/cart/items/{cup}", json={"quantity": 4})  # one more, while it is being paid
    completed = ended(customer, checkout_id)

    # the customer
    assert completed["total"] == gbp(CUPS + GIFT + SHIPPING)
    assert buy() == checkout_id
    order_id = completed["orderId"]
    order = customer.get(f"/orders/{order_id}").json()
    assert {line["productId"]: line["lineTotal"] for line in order["lines"]} == {cup: gbp(CUPS), nursing: gbp(GIFT)}
    assert [receipt["total"] for receipt in order["receipts"]] == [gbp(CUPS + SHIPPING), gbp(GIFT)]
    assert [line["quantity"] for line in customer.get("/cart").json()["lines"]] == [1]
    assert stock_of(shop, cup) == 7

    # the state machine, which sees ids only
    history = history_of(platform, checkout_id)
    entered = [
        event["stateEnteredEventDetails"]["name"]  # type: ignore[index]  # any JSON
        for event in history
        if "stateEnteredEventDetails" in event
    ]
    steps = ["ValidateCheckout", "ReserveStock", "CreatePayment", "ConfirmPayment", "CreateOrder", "Completed"]
    assert [name for name in entered if name in steps] == steps
    for personal in ("Rosa", "Martínez", "LS1", "York", supporter.email):
        assert personal not in str(history)

    # the ledger
    payment_id = shop.get(f"/admin/orders?q={order['number']}").json()["items"][0]["paymentId"]
    month = f"{datetime.now(UTC):%Y-%m}"
    entries = defaultdict[str, dict[str, Decimal]](dict)
    for row in rows(finance.get(f"/admin/payouts?month={month}").text):
        if row["payment"] == payment_id:
            entries[f"{row['kind']}:{row['id']}"][row["account"]] = Decimal(row["amount"])
    assert [sum(entry.values()) for entry in entries.values()] == [0, 0]
    [earned] = [entry for cause, entry in entries.items() if cause == f"order:{order_id}"]
    assert sorted(abs(amount) for amount in earned.values()) == [Decimal("3.95"), Decimal("7.50"), 15, Decimal("26.45")]

    # both receipts, in one mail
    subject = f"Thank you for your order {order['number']}"
    eventually(lambda: subject in [mail.title for mail in inbox_of(platform, supporter.email)])
    [receipts] = [mail.text for mail in inbox_of(platform, supporter.email) if "Receipt" in mail.text]
    for receipt in order["receipts"]:
        assert f"Receipt {receipt['number']} for your " in receipts
    for words in ("3 × China cup: GBP 7.50", "Shipping: GBP 3.95", "A nurse's hour: GBP 15.00", "Gift Aid"):
        assert words in receipts
    assert "We are sending it to: Ada 1 Mill Lane York YO1 7HH GB " in " ".join(receipts.split())

    # the donor's profile
    api = personalization(supporter)

    def donations() -> list[dict[str, object]]:
        items: list[dict[str, object]] = api.get(f"/profile?userId={supporter.user_id}").json()["donations"]["items"]
        return items

    eventually(lambda: len(donations()) == 1)
    [gift] = donations()
    assert (gift["orderId"], gift["amount"], gift["kind"]) == (order_id, gbp(GIFT), "gift")

    # HMRC's schedule
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    schedule = rows(finance.get(f"/admin/gift-aid?from={today}&to={today}").text)
    [claimed] = [row for row in schedule if row["Order"] == order["number"]]
    assert (claimed["Last name"], claimed["Postcode"], claimed["Amount"]) == ("Martínez", "LS1 4AP", "15.00")
    assert claimed["Declaration"] == declaration
