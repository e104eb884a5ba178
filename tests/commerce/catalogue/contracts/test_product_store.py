"""What an import needs of whoever keeps products, in memory and in DynamoDB."""

from collections.abc import Iterator

import pytest

from commerce.catalogue.adapters.products import DynamoProducts
from commerce.imports.domain.importing import ProductStore
from commerce.imports.domain.reporting import Outcome
from local.workspace import ROOT
from shared.errors import Unavailable
from tests.commerce.catalogue.fakes import FakeProducts
from tests.commerce.examples import a_donation_item, a_product
from tests.commerce.imports.broken_lines import thousand_lines
from tests.commerce.imports.files import a_file, a_line, imported, outcomes
from tests.shared.dynamodb.dynamodb_calls import cost_of
from tests.shared.dynamodb.dynamodb_tables import tables_like

TEMPLATE = ROOT / "commerce" / "tables.yaml"


class ProductStoreContract:
    def test_many_are_found_by_their_ids(self, products: ProductStore) -> None:
        several = {f"p{number}": a_product(f"p{number}") for number in range(130)} | {"nursing": a_donation_item()}
        for product in several.values():
            products.add(product)

        assert products.find_many([*several, "nobody", "p1"]) == several
        assert products.find_many([]) == {}

    def test_file_is_brought_in_line_by_line(self, products: ProductStore) -> None:
        lines, wrong = thousand_lines(a_line)
        some = lines[:150]

        first, again = imported(a_file(*some), products), imported(a_file(*some), products)

        failed = {line.line for line in first.lines if line.outcome is Outcome.FAILED}
        assert failed == {line for line in wrong if line < 152}
        assert first.count(Outcome.CREATED) == again.count(Outcome.UNCHANGED) == 150 - len(failed)
        changed = imported(a_file(a_line("item-0", price="3")), products)
        assert outcomes(changed) == [Outcome.UPDATED]


class TestFakeProducts(ProductStoreContract):
    @pytest.fixture
    def products(self) -> ProductStore:
        return FakeProducts()


@pytest.mark.emulator
@pytest.mark.xdist_group("emulator")
class TestDynamoProducts(ProductStoreContract):
    @pytest.fixture
    def products(self, local_aws: str) -> Iterator[DynamoProducts]:
        with tables_like(local_aws, TEMPLATE, ("ProductsTable", "IdempotencyTable")) as names:
            yield DynamoProducts(*names.values())

    def test_what_is_there_already_costs_one_read_a_hundred(self, products: DynamoProducts) -> None:
        body = a_file(*(a_line(f"cup-{number}") for number in range(120)))
        imported(body, products)

        assert cost_of(lambda: imported(body, products)).calls == ["BatchGetItem"] * 2


@pytest.mark.usefixtures("out_of_reach")
def test_store_out_of_reach_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        imported(a_file(a_line("cup")), DynamoProducts("products", "records"))
