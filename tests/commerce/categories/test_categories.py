"""GET /categories."""

import pytest

from commerce.categories.handlers.categories import handler
from tests.commerce.calls import call
from tests.commerce.categories.fakes import FakeCategories
from tests.shared.gateway_events import rest_event
from tests.shared.http_answers import headers_of
from tests.shared.lambda_context import CONTEXT

pytestmark = pytest.mark.usefixtures("edge")


def test_everybody_sees_the_categories_with_products_by_name(categories: FakeCategories) -> None:
    categories.counters = {"Toys": 3, "Books": 12, "Given up": 0}

    assert call(handler, "GET /categories") == (
        200,
        {"items": [{"category": "Books", "count": 12}, {"category": "Toys", "count": 3}]},
    )


@pytest.mark.usefixtures("categories")
def test_empty_shop_has_no_categories() -> None:
    assert call(handler, "GET /categories") == (200, {"items": []})


@pytest.mark.usefixtures("categories")
def test_clients_may_keep_them_for_a_minute() -> None:
    answer = handler(rest_event(resource="/categories"), CONTEXT)
    assert headers_of(answer)["Cache-Control"] == "public, max-age=60"


@pytest.mark.usefixtures("categories")
def test_parameter_that_there_is_not_is_named() -> None:
    status, body = call(handler, "GET /categories", query={"status": "draft"})
    assert (status, body["errors"][0]["field"]) == (400, "status")


def test_counts_that_are_out_of_reach_are_503(categories: FakeCategories) -> None:
    categories.out_of_reach = True
    assert call(handler, "GET /categories")[0] == 503
