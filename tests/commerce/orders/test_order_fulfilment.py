from dataclasses import replace
from typing import Any

import pytest

from commerce.orders.domain.order import MAX_NOTES, Note
from commerce.orders.domain.refunding import RefundRequest
from commerce.orders.handlers.order_fulfilment import handler
from tests.commerce.calls import call
from tests.commerce.examples import NOW
from tests.commerce.orders.shop import Shop, of_all, of_amount, of_lines
from tests.shared.gateway_events import access_claims

pytestmark = pytest.mark.usefixtures("edge", "shop")

SUE = access_claims("sue", "staff")


def fulfil(order_id: str, body: object, **more: Any) -> tuple[int, Any]:
    route = "POST /admin/orders/{orderId}/fulfilments"
    return call(handler, route, body, orderId=order_id, **({"claims": SUE} | more))


def note(order_id: str, body: object, **more: Any) -> tuple[int, Any]:
    return call(handler, "POST /admin/orders/{orderId}/notes", body, orderId=order_id, **({"claims": SUE} | more))


def test_order_is_sent_once(shop: Shop) -> None:
    status, order = fulfil(shop.order_id, {"carrier": "Royal Mail", "tracking": "RM1"})

    assert (status, order["status"]) == (200, "fulfilled")
    assert {name: order["fulfilment"][name] for name in ("by", "carrier", "tracking")} == {
        "by": "sue",
        "carrier": "Royal Mail",
        "tracking": "RM1",
    }
    assert [event["status"] for event in order["history"]] == ["placed", "fulfilled"]
    assert fulfil(shop.order_id, {})[0] == 409


def test_order_may_be_sent_without_a_word(shop: Shop) -> None:
    assert fulfil(shop.order_id, {})[1]["fulfilment"]["carrier"] is None


def test_what_was_cancelled_or_given_back_is_not_sent(shop: Shop) -> None:
    shop.refund(of_all())
    assert fulfil(shop.order_id, {})[0] == 409
    shop.cancel()
    assert fulfil(shop.order_id, {})[0] == 409


@pytest.mark.parametrize("request_", [of_all(), of_amount(4595), of_lines(teapot=2)], ids=["all", "amount", "goods"])
def test_order_is_not_sent_while_what_it_cost_is_being_given_back(shop: Shop, request_: RefundRequest) -> None:
    shop.provider.before["refund"] = 1
    shop.refund(request_)
    assert [refund.status for refund in shop.order.refunds] == ["requested"]

    assert fulfil(shop.order_id, {})[0] == 409
    assert shop.order.status == "placed"


def test_order_of_which_goods_are_left_is_sent(shop: Shop) -> None:
    shop.refund(of_lines(teapot=1))
    assert fulfil(shop.order_id, {})[0] == 200


def test_notes_are_kept_in_their_order_for_the_staff(shop: Shop) -> None:
    note(shop.order_id, {"text": "Rang.\nNobody there."})
    status, order = note(shop.order_id, {"text": "<script>Rang again</script>"})

    assert status == 200
    assert [(each["by"], each["text"]) for each in order["notes"]] == [
        ("sue", "Rang.\nNobody there."),
        ("sue", "<script>Rang again</script>"),
    ]


@pytest.mark.parametrize("act", [fulfil, note])
def test_key_counts_once_and_has_its_first_answer(shop: Shop, act: Any) -> None:
    body = {"text": "Once."} if act is note else {"carrier": "Royal Mail"}
    key = {"Idempotency-Key": "k1"}

    first, again = act(shop.order_id, body, headers=key), act(shop.order_id, body, headers=key)

    assert first == again
    assert first[0] == 200
    assert shop.order.version == 1
    assert act(shop.order_id, {"text": "Another."} if act is note else {}, headers=key)[0] == 422


def test_order_has_so_many_notes_and_no_more(shop: Shop) -> None:
    notes = tuple(Note(NOW, "sue", str(number)) for number in range(MAX_NOTES))
    shop.orders.by_id[shop.order_id] = replace(shop.order, notes=notes)

    assert note(shop.order_id, {"text": "One more."})[0] == 409


@pytest.mark.parametrize(
    ("act", "body", "field"),
    [
        (note, {"text": " "}, "text"),
        (note, {"text": "x" * 2001}, "text"),
        (note, {"text": "a\x00b"}, "text"),
        (note, {"text": "a", "by": "tom"}, "by"),
        (fulfil, {"carrier": "Two\nlines"}, "carrier"),
        (fulfil, {"tracking": "x" * 101}, "tracking"),
        (fulfil, {"at": "now"}, "at"),
    ],
)
def test_errors_are_listed_by_field(shop: Shop, act: Any, body: object, field: str) -> None:
    status, problem = act(shop.order_id, body)

    assert (status, problem["errors"][0]["field"]) == (422, field)
    assert shop.order.version == 0


def test_order_that_is_not_there_is_not_found() -> None:
    assert fulfil("nothing", {})[0] == note("nothing", {"text": "Rang."})[0] == 404


def test_customers_do_none_of_this(shop: Shop) -> None:
    ada = access_claims("ada")

    assert fulfil(shop.order_id, {}, claims=ada)[0] == note(shop.order_id, {"text": "a"}, claims=ada)[0] == 403
