import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from hypothesis import given
from hypothesis import strategies as st

from commerce.catalogue import wiring
from commerce.catalogue.adapters.products import events_of_change
from commerce.catalogue.adapters.records import ProductRecord
from commerce.catalogue.domain.product_events import CHANGED, STOCK_LOW, events_of
from commerce.catalogue.domain.products import Product, Status
from commerce.catalogue.handlers.publish_product_events import handler
from shared.events.event_bridge import EventBus
from tests.commerce.examples import a_donation_item, a_product
from tests.shared.events.streamed import Bridge, failures, stream_of_changes
from tests.shared.lambda_context import CONTEXT

LOW_AT = 3


@pytest.fixture(autouse=True)
def bridge(monkeypatch: pytest.MonkeyPatch) -> Bridge:
    bridge = Bridge()
    monkeypatch.setattr(wiring, "event_bus", lambda: EventBus(bridge, "bus-1", "almoner.commerce"))
    monkeypatch.setattr(wiring, "events_of_change", lambda: lambda change: events_of_change(change, LOW_AT))
    return bridge


def publish(*changes: tuple[Product | None, Product | None]) -> PartialItemFailureResponse:
    images = [
        tuple(product and ProductRecord.of(product).to_dynamodb_dict() for product in change) for change in changes
    ]
    return handler(stream_of_changes(images), CONTEXT)  # type: ignore[arg-type]  # pairs stay pairs


def later(product: Product, **changes: Any) -> Product:
    made_at = product.updated_at + timedelta(minutes=1)
    counted: dict[str, Any] = {"version": product.version + 1, "revision": product.revision + 1, "updated_at": made_at}
    return replace(product, **(counted | changes))


def sold(product: Product, stock: int) -> Product:
    return later(product, version=product.version, stock=stock, movements=product.movements + 1)


def published(bridge: Bridge) -> list[tuple[str, dict[str, Any]]]:
    return [(entry["DetailType"], json.loads(entry["Detail"])) for entry in bridge.entries]


def test_new_product_is_published(bridge: Bridge) -> None:
    assert publish((None, a_product())) == failures()

    [(name, detail)] = published(bridge)
    assert name == "ProductChanged"
    assert detail["id"] == "ProductChanged-teapot-1"
    assert detail["occurredAt"] == "2026-02-03T04:05:06.789Z"
    assert {"productId": "teapot", "productVersion": 1, "status": "active", "isNew": True}.items() <= detail[
        "data"
    ].items()
    assert bridge.entries[0]["Source"] == "almoner.commerce"


def test_change_names_what_has_changed(bridge: Bridge) -> None:
    publish((a_product(), later(a_product(), name="Blue teapot", stock=9)))

    [(_, detail)] = published(bridge)
    assert detail["data"]["changed"] == ["name", "stock"]
    assert detail["data"]["isNew"] is False


def test_sale_is_a_change_of_the_stock_of_the_same_version(bridge: Bridge) -> None:
    """Several of a version have ids of their own."""
    versions = [a_product(stock=5)]
    for stock in (4, 3):
        versions.append(sold(versions[-1], stock))

    publish(*pairwise(versions))

    details = [detail for _, detail in published(bridge)]
    assert [detail["id"] for detail in details] == [
        "ProductChanged-teapot-2",
        "ProductChanged-teapot-3",
        "StockLow-teapot-3",
    ]
    assert [detail["data"]["changed"] for detail in details[:2]] == [["stock"], ["stock"]]
    assert {detail["data"]["productVersion"] for detail in details} == {1}
    assert details[0]["occurredAt"] != details[1]["occurredAt"]


def test_stock_that_runs_low_is_published_once_on_the_way_down(bridge: Bridge) -> None:
    stocks = [5, 4, 3, 2, 0, 8, 1]
    versions = [a_product(stock=stocks[0])]
    for stock in stocks[1:]:
        versions.append(later(versions[-1], stock=stock))

    publish(*pairwise(versions))

    low = [detail["data"] for name, detail in published(bridge) if name == STOCK_LOW]
    assert [(data["stock"], data["isNew"]) for data in low] == [(3, False), (1, False)]


def test_new_product_with_little_stock_is_low_and_new(bridge: Bridge) -> None:
    publish((None, a_product(stock=1)))

    [low] = [detail["data"] for name, detail in published(bridge) if name == STOCK_LOW]
    assert low["isNew"] is True


@pytest.mark.parametrize(
    "product", [a_donation_item(), a_product(stock=0, status=Status.DRAFT), a_product(stock=0, status=Status.ARCHIVED)]
)
def test_what_is_not_sold_or_does_not_run_out_is_never_low(bridge: Bridge, product: Product) -> None:
    publish((None, product))

    assert [name for name, _ in published(bridge)] == [CHANGED]


def test_version_that_changes_nothing_is_no_news(bridge: Bridge) -> None:
    assert publish((a_product(), later(a_product()))) == failures()

    assert bridge.entries == []


def test_row_that_cannot_be_read_fails_alone(bridge: Bridge) -> None:
    event = stream_of_changes(
        [(None, {"productId": {"S": "odd"}}), (None, ProductRecord.of(a_product()).to_dynamodb_dict())]
    )

    assert handler(event, CONTEXT) == failures("s0")
    assert [detail["data"]["productId"] for _, detail in published(bridge)] == ["teapot"]


def test_what_the_bus_refuses_is_tried_again(bridge: Bridge) -> None:
    bridge.refuses = lambda detail: detail["data"]["productId"] == "odd"

    answer = publish((None, a_product("odd", stock=0)), (None, a_product()))

    assert answer == failures("s0")


@given(st.lists(st.tuples(st.integers(0, 8), st.sampled_from(Status)), min_size=1, max_size=12))
def test_low_stock_is_published_exactly_when_an_active_product_comes_down_to_it(
    states: Sequence[tuple[int, Status]],
) -> None:
    balance, was_low, previous = 0, False, None
    for stock, status in states:
        product = (
            a_product(stock=stock, status=status) if previous is None else later(previous, stock=stock, status=status)
        )
        balance += [name for name, _ in events_of(previous, product, LOW_AT)].count(STOCK_LOW)
        is_low = status is Status.ACTIVE and stock <= LOW_AT
        balance -= is_low and not was_low
        was_low, previous = is_low, product

    assert balance == 0
