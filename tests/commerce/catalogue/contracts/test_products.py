"""What whoever keeps products must do, in memory and in DynamoDB."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise

import pytest

from commerce.catalogue.adapters.products import DynamoProducts
from commerce.catalogue.domain.catalogue import Listing, Products, Sort
from commerce.catalogue.domain.products import Product, Status
from local.workspace import ROOT
from shared.errors import Unavailable, VersionConflict
from shared.idempotency.claims import FirstAnswer, FirstAnswers, KeyInUse
from shared.idempotency.first_answers import DynamoFirstAnswers
from shared.money import Money
from tests.commerce.catalogue.fakes import FakeProducts
from tests.commerce.examples import NOW, a_donation_item, a_product
from tests.shared.dynamodb.dynamodb_calls import cost_of
from tests.shared.dynamodb.dynamodb_tables import tables_like

TEMPLATE = ROOT / "commerce" / "tables.yaml"


@dataclass
class Shop:
    products: Products
    first_answers: FirstAnswers

    def fill(self, *products: Product) -> None:
        for product in products:
            self.products.add(product)

    def listed(self, page_size: int = 100, **listing: object) -> list[str]:
        """The ids of a whole list, read page by page."""
        wanted, after, ids = Listing(**listing), None, list[str]()  # type: ignore[arg-type]
        while True:
            page = self.products.page(wanted, after, page_size)
            ids += [product.product_id for product in page.items]
            after = page.after
            if after is None:
                return ids


def priced(product_id: str, amount: int, **changes: object) -> Product:
    return a_product(product_id, price=Money(amount, "GBP"), **changes)


class ProductsContract:
    def test_product_is_kept_as_it_is(self, shop: Shop) -> None:
        odd = a_product("odd_1-A", name="Tea ‮pot 🫖 <script>", description="", tags=(), images=(), stock=0)
        shop.fill(a_product(), a_donation_item(), odd)

        assert shop.products.find("teapot") == a_product()
        assert shop.products.find("nursing") == a_donation_item()
        assert shop.products.find("odd_1-A") == odd
        assert shop.products.find("nobody") is None

    def test_id_is_taken_once(self, shop: Shop) -> None:
        shop.fill(a_product())

        with pytest.raises(VersionConflict):
            shop.products.add(a_product(name="Another"))

        assert shop.products.find("teapot") == a_product()

    def test_first_answer_is_kept_with_the_product_or_neither(self, shop: Shop) -> None:
        first = FirstAnswer("record", "hash", "{}", NOW)
        shop.products.add(a_product("one"), first)

        with pytest.raises(KeyInUse):
            shop.products.add(a_product("two"), first)

        kept = shop.first_answers.find("record", NOW)
        assert kept is not None
        assert (kept.body, kept.request_hash) == ("{}", "hash")
        assert shop.products.find("two") is None

    def test_next_version_replaces_its_predecessor_only(self, shop: Shop) -> None:
        shop.fill(a_product())
        second = a_product(version=2, name="Second")
        assert shop.products.edit(a_product(), second) == second

        for seen in (a_product(), a_product(version=3), a_product("nobody")):
            with pytest.raises(VersionConflict):
                shop.products.edit(seen, replace(seen, version=seen.version + 1, name="Late"))

        assert shop.products.find("teapot") == second
        assert shop.products.find("nobody") is None

    def test_edit_leaves_the_stock_alone_unless_it_changes_it(self, shop: Shop) -> None:
        shop.fill(a_product())
        renamed = a_product(version=2, name="Second")
        restocked = replace(renamed, version=3, revision=3, stock=9, opening_stock=9)
        given = a_donation_item("teapot", version=4)

        assert shop.products.edit(a_product(), renamed) == renamed
        assert shop.products.edit(renamed, restocked) == restocked
        assert shop.products.edit(restocked, given) == given
        assert shop.products.find("teapot") == given

    def test_of_many_writers_of_a_version_one_wins(self, shop: Shop) -> None:
        shop.fill(a_product())
        won = []

        def write(number: int) -> None:
            with suppress(VersionConflict):
                shop.products.edit(a_product(), a_product(version=2, stock=number))
                won.append(number)

        with ThreadPoolExecutor(10) as writers:
            list(writers.map(write, range(50)))

        found = shop.products.find("teapot")
        assert found is not None
        assert [found.stock] == won

    def test_lists_are_sorted(self, shop: Shop) -> None:
        shop.fill(
            priced("dear", 99_999_999_999, created_at=NOW),
            priced("cheap", 5, created_at=NOW + timedelta(seconds=1)),
            priced("middling", 1_000, created_at=NOW - timedelta(days=400)),
        )

        assert shop.listed(sort=Sort.NEWEST) == ["cheap", "dear", "middling"]
        assert shop.listed(sort=Sort.CHEAPEST) == ["cheap", "middling", "dear"]
        assert shop.listed(sort=Sort.DEAREST) == ["dear", "middling", "cheap"]

    def test_lists_hold_what_the_listing_selects(self, shop: Shop) -> None:
        shop.fill(
            priced("a", 100, category="Books"),
            priced("b", 200, category="Books & maps"),
            priced("c", 300, category="Books", status=Status.DRAFT),
            priced("d", 400, category="Books", status=Status.ARCHIVED),
            priced("e", 500, category="Books", stock=0),
        )

        assert shop.listed(sort=Sort.CHEAPEST) == ["a", "b", "e"]
        assert shop.listed(sort=Sort.CHEAPEST, category="Books") == ["a", "e"]
        assert shop.listed(category="Books", status=Status.DRAFT) == ["c"]
        assert shop.listed(status=Status.ARCHIVED) == ["d"]
        assert shop.listed(category="Toys") == []

    @pytest.mark.parametrize("sort", [Sort.CHEAPEST, Sort.DEAREST])
    def test_range_of_prices_holds_both_its_ends(self, shop: Shop, sort: Sort) -> None:
        shop.fill(*(priced(f"p{amount}", amount) for amount in (99, 100, 101, 199, 200, 201)))
        step = 1 if sort is Sort.CHEAPEST else -1

        found = shop.listed(page_size=2, sort=sort, min_price=100, max_price=200)

        assert found == ["p100", "p101", "p199", "p200"][::step]
        assert set(shop.listed(sort=sort, min_price=200)) == {"p200", "p201"}
        assert set(shop.listed(sort=sort, max_price=99)) == {"p99"}

    @pytest.mark.parametrize("sort", list(Sort))
    @pytest.mark.parametrize("page_size", [1, 3, 7])
    def test_pages_hold_each_product_once(self, shop: Shop, sort: Sort, page_size: int) -> None:
        """Also where many have the same price and the same age, and ids begin with one another."""
        ids = {"x" * length for length in range(1, 4)} | {f"x-{number}" for number in range(4)}
        shop.fill(*(priced(product_id, 100) for product_id in ids))

        found = shop.listed(page_size=page_size, sort=sort)

        assert len(found) == len(ids)
        assert set(found) == ids
        assert all(before != after for before, after in pairwise(found))

    def test_page_goes_on_where_the_one_before_ended_whatever_became_of_its_last(self, shop: Shop) -> None:
        shop.fill(*(priced(f"p{amount}", amount) for amount in (100, 200, 300)))
        after = shop.products.page(Listing(sort=Sort.DEAREST), None, 2).after

        shop.products.edit(priced("p200", 200), priced("p200", 50, version=2))

        page = shop.products.page(Listing(sort=Sort.DEAREST), after, 1)
        assert [product.product_id for product in page.items] == ["p100"]


class TestFakeProducts(ProductsContract):
    @pytest.fixture
    def shop(self) -> Shop:
        products = FakeProducts()
        return Shop(products, products.first_answers)


@pytest.mark.emulator
@pytest.mark.xdist_group("emulator")
class TestDynamoProducts(ProductsContract):
    @pytest.fixture
    def shop(self, local_aws: str) -> Iterator[Shop]:
        with tables_like(local_aws, TEMPLATE, ("ProductsTable", "IdempotencyTable")) as names:
            yield Shop(DynamoProducts(*names.values()), DynamoFirstAnswers(names["IdempotencyTable"]))

    def test_page_costs_one_query_of_its_length(self, shop: Shop) -> None:
        shop.fill(*(priced(f"p{number}", number + 1) for number in range(40)))
        listing = Listing(sort=Sort.CHEAPEST, category="Homeware")
        first = cost_of(lambda: shop.products.page(listing, None, 10))
        after = shop.products.page(listing, None, 10).after
        second = cost_of(lambda: shop.products.page(listing, after, 10))

        assert (first.calls, first.rows) == (["Query"], 11)
        assert (second.calls, second.rows) == (["Query"], 12)


@pytest.mark.usefixtures("out_of_reach")
@pytest.mark.parametrize(
    "ask", [lambda p: p.find("a"), lambda p: p.page(Listing(), None, 1), lambda p: p.add(a_product())]
)
def test_store_out_of_reach_is_unavailable(ask: Callable[[Products], object]) -> None:
    with pytest.raises(Unavailable):
        ask(DynamoProducts("products", "records"))
