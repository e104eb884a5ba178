"""ProductChanged → counts."""

import json
from typing import Any

import pytest

from commerce.categories.handlers.count_categories import handler
from local.workspace import ROOT
from shared.observability.invocations import InvocationFailed
from tests.commerce.catalogue.fakes import FakeProducts
from tests.commerce.categories.fakes import FakeCategories
from tests.commerce.examples import a_donation_item
from tests.shared.events.streamed import failures
from tests.shared.lambda_context import CONTEXT

pytestmark = pytest.mark.usefixtures("products")

SAMPLE = json.loads((ROOT / "events" / "commerce" / "count_categories.json").read_text())["Records"][0]


def messages(*product_ids: str) -> dict[str, Any]:
    bodies = [SAMPLE["body"].replace('"teapot"', json.dumps(product_id)) for product_id in product_ids]
    return {"Records": [SAMPLE | {"messageId": f"m{n}", "body": body} for n, body in enumerate(bodies)]}


def test_products_of_a_batch_are_counted_once(products: FakeProducts, categories: FakeCategories) -> None:
    products.add(a_donation_item())

    assert handler(messages("teapot", "nursing", "teapot"), CONTEXT) == failures()
    assert handler(messages("teapot"), CONTEXT) == failures()

    assert categories.counters == {"Homeware": 1, "Gifts": 1}


def test_message_that_cannot_be_read_fails_alone(categories: FakeCategories) -> None:
    event = messages("teapot", "teapot")
    event["Records"][0]["body"] = "{}"

    assert handler(event, CONTEXT) == failures("m0")
    assert categories.counters == {"Homeware": 1}


def test_batch_comes_again_where_the_counts_are_out_of_reach(categories: FakeCategories) -> None:
    categories.out_of_reach = True
    with pytest.raises(InvocationFailed):
        handler(messages("teapot"), CONTEXT)
