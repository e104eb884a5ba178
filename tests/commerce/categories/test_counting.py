"""Counting follows the catalogue, whatever order and number of news it gets, and whoever counts at the same time."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.catalogue.domain.products import Status
from commerce.categories.domain.counting import CategoryCount, count, in_order
from shared.errors import Unavailable
from shared.resilience.backoff import Backoff
from tests.commerce.catalogue.fakes import FakeProducts
from tests.commerce.categories.fakes import FakeCategories
from tests.commerce.examples import a_product

AT_ONCE = Backoff(0, 0, sleep=lambda _: None)
IDS = ("teapot", "mug", "scarf")

statuses, categories_of_products = st.sampled_from(list(Status)), st.sampled_from(["Homeware", "Clothing", "Books"])
changes = st.tuples(st.sampled_from(IDS), statuses, categories_of_products)
news = st.lists(st.sampled_from(IDS), max_size=4)


def edit(products: FakeProducts, product_id: str, status: Status, category: str) -> None:
    current = products.find(product_id)
    if current is None:
        products.add(a_product(product_id, status=status, category=category))
        return
    edited = replace(current, status=status, category=category, version=current.version + 1)
    products.edit(current, edited)


def counts_of(products: FakeProducts) -> dict[str, int]:
    return dict(Counter(p.category for p in products.by_id.values() if p.status is Status.ACTIVE))


def counted(categories: FakeCategories) -> dict[str, int]:
    return {each.category: each.count for each in categories.with_products()}


@given(steps=st.lists(st.tuples(changes, news, st.lists(st.tuples(changes, news), max_size=2)), max_size=12))
def test_counts_are_those_of_the_catalogue_once_the_last_news_are_in(
    steps: list[tuple[tuple[str, Status, str], list[str], list[tuple[tuple[str, Status, str], list[str]]]]],
) -> None:
    """News are lost until the end, repeated and reordered; others edit and count between a reading and its write."""
    products, categories = FakeProducts(), FakeCategories()
    for change, heard, between in steps:
        edit(products, *change)
        others = list(between)

        def meanwhile(others: list[tuple[tuple[str, Status, str], list[str]]] = others) -> None:
            if others:
                edited, counted = others.pop(0)
                edit(products, *edited)
                count(counted, products, categories, AT_ONCE)

        categories.meanwhile = meanwhile
        count(heard, products, categories, AT_ONCE)
        categories.meanwhile = lambda: None

    count(IDS, products, categories, AT_ONCE)

    assert counted(categories) == counts_of(products)


def test_news_of_what_was_counted_already_write_nothing() -> None:
    products, categories = FakeProducts(a_product()), FakeCategories()
    assert count(["teapot", "teapot"], products, categories) == 1

    categories.meanwhile = lambda: pytest.fail("it writes")
    assert count(["teapot"], products, categories) == 0
    assert counted(categories) == {"Homeware": 1}


def test_reading_of_before_a_later_count_changes_nothing() -> None:
    """A worker that was held up since it read the product may not undo what another one has counted."""
    products, categories = FakeProducts(a_product()), FakeCategories()

    def archived_and_counted() -> None:
        categories.meanwhile = lambda: None
        edit(products, "teapot", Status.ARCHIVED, "Homeware")
        assert count(["teapot"], products, categories) == 1

    categories.meanwhile = archived_and_counted
    assert count(["teapot"], products, categories, AT_ONCE) == 0

    assert counted(categories) == {}


def test_product_that_comes_back_to_its_category_is_counted_as_it_is_now() -> None:
    """Its older state, between the two, is read by a worker that writes last."""
    products, categories = FakeProducts(a_product()), FakeCategories()
    count(["teapot"], products, categories)
    edit(products, "teapot", Status.ACTIVE, "Books")

    def back_and_counted() -> None:
        categories.meanwhile = lambda: None
        edit(products, "teapot", Status.ACTIVE, "Homeware")
        count(["teapot"], products, categories)

    categories.meanwhile = back_and_counted
    count(["teapot"], products, categories, AT_ONCE)

    assert counted(categories) == {"Homeware": 1}


def test_unknown_products_are_passed_over() -> None:
    assert count(["nobody"], FakeProducts(), FakeCategories()) == 0


def test_more_products_than_a_transaction_takes_are_counted() -> None:
    ids = [f"cup-{number}" for number in range(100)]
    products, categories = FakeProducts(*map(a_product, ids)), FakeCategories()

    assert count(ids, products, categories) == 100
    assert counted(categories) == {"Homeware": 100}


def test_counting_that_others_keep_overtaking_gives_up() -> None:
    products, categories = FakeProducts(a_product()), FakeCategories()

    def overtaken() -> None:
        categories.meanwhile = lambda: None
        edit(products, "teapot", Status.ACTIVE, "Homeware")
        count(["teapot"], products, categories)
        edit(products, "teapot", Status.ACTIVE, "Homeware")
        categories.meanwhile = overtaken

    categories.meanwhile = overtaken
    with pytest.raises(Unavailable):
        count(["teapot"], products, categories, AT_ONCE)


def test_categories_are_sorted_as_people_sort() -> None:
    names = ["Zoo", "books", "Art", "Books"]
    assert [each.category for each in in_order([CategoryCount(name, 1) for name in names])] == [
        "Art",
        "Books",
        "books",
        "Zoo",
    ]
