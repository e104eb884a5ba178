import json
from dataclasses import replace
from typing import Any

import pytest

from commerce.checkout.domain.quote import MAX_LINES
from commerce.orders import wiring
from commerce.orders.adapters.records import OrderRecord
from commerce.orders.domain.order import Fulfilment, Note, Order
from commerce.orders.domain.refund import RefundStatus
from commerce.orders.handlers.publish_order_events import handler
from shared.events.event_bridge import EventBus
from tests.commerce.orders.examples import LATER, a_line, an_order
from tests.commerce.orders.shop import Shop, of_amount
from tests.shared.events.streamed import Bridge, failures, stream_of_changes
from tests.shared.lambda_context import CONTEXT


@pytest.fixture(autouse=True)
def bridge(monkeypatch: pytest.MonkeyPatch) -> Bridge:
    bridge = Bridge()
    monkeypatch.setattr(wiring, "event_bus", lambda: EventBus(bridge, "bus-1", "almoner.commerce"))
    return bridge


def published(bridge: Bridge, old: Order | None, new: Order) -> list[tuple[str, Any]]:
    change = tuple(order and OrderRecord.of(order).to_dynamodb_dict() for order in (old, new))
    assert handler(stream_of_changes([change]), CONTEXT) == failures()  # type: ignore[list-item]  # a pair
    return [(entry["DetailType"], json.loads(entry["Detail"])) for entry in bridge.entries]


def gbp(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "GBP"}


def test_new_order_is_paid(bridge: Bridge) -> None:
    order = an_order()

    [(name, detail)] = published(bridge, None, order)

    assert (name, detail["id"], detail["userId"]) == ("OrderPaid", f"OrderPaid-{order.order_id}", "ada")
    assert detail["data"] == {
        "orderId": order.order_id,
        "number": "100001",
        "createdAt": "2026-02-03T04:05:06.789Z",
        "currency": "GBP",
        "goods": [
            {
                "productId": "teapot",
                "name": "A teapot",
                "quantity": 2,
                "unitPrice": gbp(850),
                "amount": gbp(1700),
            }
        ],
        "donations": [
            {
                "productId": "nursing",
                "name": "A nursing",
                "quantity": 1,
                "unitPrice": gbp(2500),
                "amount": gbp(2500),
            }
        ],
        "totals": {"goods": gbp(1700), "donations": gbp(2500), "shipping": gbp(395), "total": gbp(4595)},
        "receipts": {"goods": "G-100001", "donations": "D-100001"},
        "giftAid": "2026-01",
    }
    assert bridge.entries[0]["Source"] == "almoner.commerce"


@pytest.mark.parametrize("character", ["\N{WRAPPED PRESENT}", '"', "a"])
def test_largest_order_fits_an_event(character: str, bridge: Bridge) -> None:
    lines = [replace(a_line(f"{number:036}", 99, 10**9), name=character * 200) for number in range(MAX_LINES)]
    published(bridge, None, an_order(*lines))

    assert len(bridge.entries[0]["Detail"].encode()) < 128 * 1024  # of 256, as a dead letter has more than the event


def test_nothing_about_a_person_is_published(bridge: Bridge) -> None:
    published(bridge, None, an_order())

    for word in ("Byron", "SW1Y", "James"):
        assert word not in bridge.entries[0]["Detail"]


def test_sent_and_cancelled_orders_are_news(bridge: Bridge) -> None:
    order = an_order()
    published(bridge, order, order.fulfilled(Fulfilment(LATER, "tom", None, None)))
    published(bridge, order, order.cancelled(LATER))

    assert [entry["DetailType"] for entry in bridge.entries] == ["OrderFulfilled", "OrderCancelled"]


def test_refund_is_news_once_it_has_succeeded_and_when_it_fails_after_all(bridge: Bridge) -> None:
    shop = Shop()
    paid, refunded = shop.order, shop.refund(of_amount(2000))
    [refund] = refunded.refunds
    requested = replace(refunded, refunds=(replace(refund, status=RefundStatus.REQUESTED),))
    failed = replace(refunded, refunds=(replace(refund, status=RefundStatus.FAILED),))

    for old, new in ((paid, requested), (requested, refunded), (refunded, refunded), (refunded, failed)):
        published(bridge, old, new)

    details = [json.loads(entry["Detail"]) for entry in bridge.entries]
    assert [entry["DetailType"] for entry in bridge.entries] == ["OrderRefunded", "OrderRefundFailed"]
    assert details[0]["id"] == f"OrderRefunded-{paid.order_id}-{refund.refund_id}"
    assert details[0]["data"] == {
        "orderId": paid.order_id,
        "number": "100001",
        "refundId": refund.refund_id,
        "status": "succeeded",
        "amount": gbp(2000),
        "lines": [
            {"productId": "teapot", "kind": "goods", "amount": gbp(1700)},
            {"productId": None, "kind": "shipping", "amount": gbp(300)},
        ],
        "refunded": gbp(2000),
        "payment": "part-refunded",
    }


@pytest.mark.parametrize(
    ("outcomes", "names"),
    [
        (["won"], ["OrderDisputed", "OrderDisputeEnded"]),
        (["lost", "won"], ["OrderDisputed", "OrderDisputeEnded", "OrderDisputeEnded"]),
    ],
)
def test_dispute_is_news_when_it_is_opened_and_at_its_end(
    bridge: Bridge, outcomes: list[Any], names: list[str]
) -> None:
    shop = Shop()
    paid = shop.order
    shop.provider.dispute(paid.payment_id)
    published(bridge, paid, shop.look_after())
    for outcome in outcomes:
        before = shop.order
        shop.provider.decide(before.disputes[0].dispute_id, outcome)
        published(bridge, before, shop.look_after())

    details = [json.loads(entry["Detail"]) for entry in bridge.entries]
    assert [entry["DetailType"] for entry in bridge.entries] == names
    dispute_id = shop.order.disputes[0].dispute_id
    assert details[0]["id"] == f"OrderDisputed-{paid.order_id}-{dispute_id}"
    assert len({detail["id"] for detail in details}) == len(names)
    assert [detail["data"]["status"] for detail in details] == ["open", *outcomes]
    assert details[0]["data"] == {
        "orderId": paid.order_id,
        "number": "100001",
        "disputeId": dispute_id,
        "status": "open",
        "amount": gbp(4595),
        "lines": [
            {"productId": "teapot", "kind": "goods", "amount": gbp(1700)},
            {"productId": None, "kind": "shipping", "amount": gbp(395)},
            {"productId": "nursing", "kind": "donation", "amount": gbp(2500)},
        ],
        "payment": "disputed",
    }


def test_dispute_of_which_only_the_end_was_heard_is_news_from_its_beginning(bridge: Bridge) -> None:
    shop = Shop()
    paid = shop.order
    shop.provider.dispute(paid.payment_id)
    shop.provider.decide(shop.provider.all_disputes[0][1].dispute_id, "lost")

    events = published(bridge, paid, shop.look_after())

    assert [(name, detail["data"]["status"]) for name, detail in events] == [
        ("OrderDisputed", "open"),
        ("OrderDisputeEnded", "lost"),
    ]


def test_dispute_is_of_what_was_not_refunded_goods_first(bridge: Bridge) -> None:
    shop = Shop()
    shop.refund(of_amount(2000))
    refunded = shop.order
    shop.provider.dispute(refunded.payment_id)

    [(_, detail)] = published(bridge, refunded, shop.look_after())

    assert detail["data"]["amount"] == gbp(2595)
    assert [(line["productId"], line["amount"]["amount"]) for line in detail["data"]["lines"]] == [
        (None, 95),
        ("nursing", 2500),
    ]


def test_refund_that_never_was_is_no_news(bridge: Bridge) -> None:
    shop = Shop()
    paid = shop.order
    shop.provider.before["refund"] = 1
    requested = shop.refund(of_amount(2000))
    failed = replace(requested, refunds=(replace(requested.refunds[0], status=RefundStatus.FAILED),))

    assert published(bridge, paid, requested) == published(bridge, requested, failed) == []


def test_note_is_no_news(bridge: Bridge) -> None:
    order = an_order()

    assert published(bridge, order, order.noted(Note(LATER, "tom", "Rang."))) == []


def test_row_that_cannot_be_read_fails(bridge: Bridge) -> None:
    assert handler(stream_of_changes([(None, {"orderId": {"S": "odd"}})]), CONTEXT) == failures("s0")
    assert bridge.entries == []
