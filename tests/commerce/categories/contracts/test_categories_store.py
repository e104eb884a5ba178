"""What whoever keeps the counts of categories must do, in memory and in DynamoDB."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from commerce.categories.adapters.categories import DynamoCategories
from commerce.categories.domain.counting import Categories, Counted, Move, count
from local.workspace import ROOT
from shared.errors import Unavailable
from shared.persistence.unit_of_work import WriteRefused
from tests.commerce.catalogue.fakes import FakeProducts
from tests.commerce.categories.fakes import FakeCategories
from tests.commerce.examples import a_product
from tests.shared.dynamodb.dynamodb_calls import cost_of
from tests.shared.dynamodb.dynamodb_tables import tables_like

TEMPLATE = ROOT / "commerce" / "categories.yaml"
TEAPOT, MUG = Counted("teapot", 1, "Homeware"), Counted("mug", 4, "Homeware")


def shown(categories: Categories) -> dict[str, int]:
    return {each.category: each.count for each in categories.with_products()}


class CategoriesContract:
    def test_what_is_counted_is_kept_with_its_product(self, categories: Categories) -> None:
        draft = Counted("draft", 2, None)
        categories.move([Move(None, TEAPOT), Move(None, MUG), Move(None, draft)])

        assert shown(categories) == {"Homeware": 2}
        assert categories.counted(["teapot", "draft", "nobody"]) == {"teapot": TEAPOT, "draft": draft}

    def test_product_moves_from_one_category_to_another_and_away(self, categories: Categories) -> None:
        elsewhere, archived = Counted("teapot", 2, 'Käthe\'s #1 "Toys"'), Counted("teapot", 3, None)
        categories.move([Move(None, TEAPOT)])
        categories.move([Move(TEAPOT, elsewhere)])
        assert shown(categories) == {'Käthe\'s #1 "Toys"': 1}

        categories.move([Move(elsewhere, archived)])
        assert shown(categories) == {}

    def test_later_revision_in_the_same_category_changes_no_counter(self, categories: Categories) -> None:
        categories.move([Move(None, TEAPOT)])
        categories.move([Move(TEAPOT, Counted("teapot", 2, "Homeware"))])
        assert shown(categories) == {"Homeware": 1}

    def test_nothing_is_written_where_one_product_was_counted_meanwhile(self, categories: Categories) -> None:
        categories.move([Move(None, TEAPOT)])
        for before in (None, Counted("teapot", 7, "Homeware")):
            with pytest.raises(WriteRefused) as refused:
                categories.move([Move(None, MUG), Move(before, Counted("teapot", 8, "Books"))])
            assert refused.value.refused == {"teapot"}

        assert shown(categories) == {"Homeware": 1}
        assert categories.counted(["mug"]) == {}

    def test_workers_that_count_the_same_products_at_once_count_them_once(self, categories: Categories) -> None:
        ids = [f"cup-{number}" for number in range(70)]
        products = FakeProducts(*(a_product(each, category=f"Shelf {n % 3}") for n, each in enumerate(ids)))
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(lambda _: count(ids, products, categories), range(3)))
        assert shown(categories) == {"Shelf 0": 24, "Shelf 1": 23, "Shelf 2": 23}


class TestFakeCategories(CategoriesContract):
    @pytest.fixture
    def categories(self) -> Categories:
        return FakeCategories()


@pytest.mark.emulator
@pytest.mark.xdist_group("emulator")
class TestDynamoCategories(CategoriesContract):
    @pytest.fixture
    def categories(self, local_aws: str) -> Iterator[DynamoCategories]:
        with tables_like(local_aws, TEMPLATE, ("CategoriesTable",)) as names:
            yield DynamoCategories(names["CategoriesTable"])

    def test_one_query_reads_them_and_a_transaction_moves_many(self, categories: DynamoCategories) -> None:
        moves = [Move(None, Counted(f"cup-{number}", 1, f"Shelf {number}")) for number in range(33)]
        again = [Move(each.after, Counted(each.after.product_id, 2, f"Rack {n}")) for n, each in enumerate(moves)]

        assert cost_of(lambda: categories.move(moves)).calls == ["TransactWriteItems"]
        assert cost_of(lambda: categories.move(again)).calls == ["TransactWriteItems"]
        assert cost_of(categories.with_products).calls == ["Query"]
        assert len(shown(categories)) == 33


@pytest.mark.usefixtures("out_of_reach")
def test_table_out_of_reach_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        DynamoCategories("categories").with_products()
