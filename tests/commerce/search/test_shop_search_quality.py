"""How the shop's search is scored, and what it is scored with."""

from datetime import UTC, datetime

import pytest

from benchmarks.shop_search_labels import HELD_OUT, Label, labels
from benchmarks.shop_search_quality import Answer
from commerce.catalogue.domain.products import Kind, Product
from local.sample_data.shop.catalogue import sample_products
from tests.commerce.examples import a_product


@pytest.fixture(scope="module")
def shop() -> list[Product]:
    return [each.product for each in sample_products(datetime(2026, 11, 30, tzinfo=UTC))]


def test_a_third_of_the_labelled_queries_are_held_out() -> None:
    queries = [label.query for label in labels()]

    assert len(set(queries)) == len(queries) >= 80
    assert sum(label.part == HELD_OUT for label in labels()) * 3 == len(queries)


@pytest.mark.parametrize("label", [label for label in labels() if label.grades], ids=lambda label: label.query)
def test_query_that_has_an_answer_has_it_in_the_sample_shop(label: Label, shop: list[Product]) -> None:
    assert label.graded(shop)


def test_product_has_the_best_grade_whose_selector_it_fits() -> None:
    grades = {3: ["name=teapot & !name=enamel"], 1: ["kind=goods"], 2: ["tag=tea", "category=Tea"]}
    pots = (
        a_product("best", name="China teapot", tags=("tea",)),
        a_product("second", name="Enamel teapot", tags=("tea",)),
        a_product("third", name="Mug"),
        a_product("sold out", name="China teapot", stock=0),
        a_product("none", name="A day of care", kind=Kind.DONATION, stock=None),
    )

    assert Label(HELD_OUT, "tea", grades).graded(pots) == {"best": 3, "second": 2, "third": 1, "sold out": 1}


@pytest.mark.parametrize(
    ("grades", "ndcg"), [([3, 1], 1.0), ([1, 3], 0.7098), ([3], 0.9173), ([0, 0], 0.0), ([], 0.0)], ids=str
)
def test_better_orders_score_higher(grades: list[int], ndcg: float) -> None:
    label = Label(HELD_OUT, "tea", {})

    assert Answer(label, grades, [3, 1], 2).ndcg == pytest.approx(ndcg, abs=1e-4)
