from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from commerce.catalogue.domain.products import Status
from commerce.stock.domain.movements import StockChange
from commerce.stock.handlers.product_stock import handler
from tests.commerce.calls import ADMIN, call
from tests.commerce.catalogue.fakes import FakeProducts
from tests.commerce.examples import a_product
from tests.commerce.stock.fakes import FakeStockLedger
from tests.shared.gateway_events import access_claims

pytestmark = pytest.mark.usefixtures("edge", "ledger")

DELIVERY = {"change": 6, "reason": "A delivery"}


def adjust(body: object, product_id: str = "teapot", **more: Any) -> tuple[int, Any]:
    return call(handler, "POST /products/{productId}/stock", body, productId=product_id, **({"claims": ADMIN} | more))


def test_admins_move_the_stock_and_the_ledger_says_who_and_why(products: FakeProducts, ledger: FakeStockLedger) -> None:
    assert adjust(DELIVERY) == (200, {"stock": 10, "version": 1})
    assert adjust({"change": -10, "reason": "Mice"}) == (200, {"stock": 0, "version": 1})

    first, second = ledger.by_id.values()
    assert (first.movement_id, first.by, first.reason) == ("admin:1", "tom", "A delivery")
    assert second.lines == (StockChange("teapot", -10),)
    assert (products.by_id["teapot"].opening_stock, products.by_id["teapot"].movements) == (4, 2)


def test_stock_that_was_seen_has_to_be_the_current_one(products: FakeProducts) -> None:
    assert adjust(DELIVERY | {"seen": 4})[0] == 200

    status, problem = adjust(DELIVERY | {"seen": 4})

    assert status == 409
    assert problem["errors"] == [{"field": "seen", "message": "is 10 now: check what has happened, then retry"}]
    assert products.by_id["teapot"].stock == 10


@pytest.mark.parametrize("change", [-5, 1_000_000])
def test_stock_stays_within_its_limits(products: FakeProducts, ledger: FakeStockLedger, change: int) -> None:
    status, problem = adjust({"change": change, "reason": "A slip"})

    assert (status, problem["errors"][0]["field"]) == (409, "change")
    assert "the stock is 4" in problem["detail"]
    assert products.by_id["teapot"] == a_product()
    assert ledger.by_id == {}


def test_drafts_and_archived_products_are_counted_too(products: FakeProducts) -> None:
    for status in (Status.DRAFT, Status.ARCHIVED):
        products.by_id["teapot"] = a_product(status=status)
        assert adjust(DELIVERY)[0] == 200


def test_donation_items_have_no_stock() -> None:
    status, problem = adjust(DELIVERY, "nursing")

    assert (status, problem["errors"][0]["field"]) == (422, "productId")


def test_what_is_not_there_has_no_stock() -> None:
    assert adjust(DELIVERY, "nothing")[0] == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (DELIVERY | {"change": 0}, "change"),
        (DELIVERY | {"change": 1.5}, "change"),
        (DELIVERY | {"change": "1"}, "change"),
        (DELIVERY | {"change": True}, "change"),
        (DELIVERY | {"change": None}, "change"),
        (DELIVERY | {"change": 1_000_001}, "change"),
        (DELIVERY | {"change": -(10**30)}, "change"),
        (DELIVERY | {"reason": " "}, "reason"),
        (DELIVERY | {"reason": "x" * 201}, "reason"),
        (DELIVERY | {"reason": "two\nlines"}, "reason"),
        (DELIVERY | {"seen": None}, "seen"),
        (DELIVERY | {"seen": -1}, "seen"),
        (DELIVERY | {"stock": 3}, "stock"),
        ({"reason": "Why not"}, "change"),
        ({"change": 1}, "reason"),
    ],
)
def test_errors_are_listed_by_field_and_nothing_moves(products: FakeProducts, body: object, field: str) -> None:
    status, problem = adjust(body)

    assert (status, problem["errors"][0]["field"]) == (422, field)
    assert products.by_id["teapot"] == a_product()


@pytest.mark.parametrize("groups", [None, "staff", "finance"])
def test_nobody_but_admins_moves_the_stock(products: FakeProducts, groups: str | None) -> None:
    assert adjust("not even read", claims=access_claims("ada", groups))[0] == 403
    assert products.by_id["teapot"] == a_product()


def test_key_moves_the_stock_once_however_often_it_is_sent(products: FakeProducts) -> None:
    key = {"Idempotency-Key": "delivery-1"}
    body = DELIVERY | {"seen": 4}  # which is not the stock any more when the request is repeated

    with ThreadPoolExecutor(8) as admins:
        answers = list(admins.map(lambda _: adjust(body, headers=key), range(16)))

    assert all(answer == (200, {"stock": 10, "version": 1}) for answer in answers)
    assert products.by_id["teapot"].stock == 10
    assert adjust(body | {"change": 7}, headers=key)[0] == 422


def test_changes_at_once_all_count_and_each_hears_what_it_made(products: FakeProducts, ledger: FakeStockLedger) -> None:
    with ThreadPoolExecutor(8) as admins:
        answers = list(admins.map(lambda _: adjust({"change": 1, "reason": "Found one"}), range(8)))

    assert sorted(answer["stock"] for _, answer in answers) == list(range(5, 13))
    assert (products.by_id["teapot"].stock, len(ledger.by_id)) == (12, 8)
