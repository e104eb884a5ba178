"""The sample shop: five hundred products that pass all checks of the real shop, with pictures."""

import io
import re
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from PIL import Image

from commerce.catalogue.adapters.products import DynamoProducts
from commerce.catalogue.domain.catalogue import Catalogue, Details, Listing, Sort, found, rewrite
from commerce.catalogue.domain.products import PRODUCT_ID, Kind, Status
from commerce.catalogue.requests.products import AddProduct
from commerce.images.adapters.pillow_renderer import PillowRenderer
from commerce.images.domain.pictures import PictureType, Rendered
from commerce.search.adapters.tantivy.product_finder import TantivyProductFinder
from commerce.search.adapters.tantivy.product_index import TantivyProductIndex
from commerce.search.domain.finding import Match, Query
from commerce.search.domain.following import entry_of
from local.sample_data.shop.catalogue import Stocked, sample_products
from local.sample_data.shop.drawings.pictures import draw
from local.sample_data.shop.opening import open_shop
from shared.http.bodies import checked
from tests.commerce.catalogue.fakes import FakeProducts
from tests.shared.dynamodb.dynamodb_tables import tables_like

TABLES = Path(__file__).parents[2] / "commerce" / "tables.yaml"
TODAY = datetime(2026, 2, 3, tzinfo=UTC)


@pytest.fixture(scope="module")
def shop() -> list[Stocked]:
    return sample_products(TODAY)


def test_there_are_five_hundred_with_ids_and_names_of_their_own(shop: list[Stocked]) -> None:
    assert len(shop) == len({each.product.product_id for each in shop}) == 500
    assert all(re.fullmatch(PRODUCT_ID, each.product.product_id) for each in shop)
    assert len({each.product.name for each in shop}) >= 495


def test_every_call_and_every_day_makes_the_same(shop: list[Stocked]) -> None:
    assert sample_products(TODAY) == shop
    tomorrow = sample_products(TODAY + timedelta(days=1))
    assert [each.product.name for each in tomorrow] == [each.product.name for each in shop]
    assert all(TODAY - timedelta(days=90) <= each.product.created_at < TODAY for each in shop)


def test_each_could_have_been_added_by_an_admin(shop: list[Stocked]) -> None:
    catalogue = Catalogue(FakeProducts(), "GBP", lambda _: "id")
    for product in (each.product for each in shop):
        body = {
            "kind": product.kind.value,
            "name": product.name,
            "description": product.description,
            "category": product.category,
            "tags": list(product.tags),
            "price": {"amount": product.price.amount, "currency": product.price.currency},
            **({} if product.stock is None else {"stock": product.stock}),
        }
        details: Details = checked(AddProduct, body).to_details()
        catalogue.check(details)


def test_categories_tags_and_prices_make_facets_worth_looking_at(shop: list[Stocked]) -> None:
    categories = Counter(each.product.category for each in shop)
    tags = Counter(tag for each in shop for tag in each.product.tags)

    assert len(categories) == 12
    assert min(categories.values()) >= 25
    assert len([tag for tag, count in tags.items() if count >= 5]) >= 40
    assert sum(each.product.kind is Kind.DONATION for each in shop) == 40
    assert 10 <= sum(each.product.stock == 0 for each in shop) <= 40


def test_pictures_are_small_and_many_and_pass_as_uploads(shop: list[Stocked]) -> None:
    drawn = {picture: draw(picture) for picture in {each.picture for each in shop}}

    assert len(set(drawn.values())) >= 200
    assert len({picture.drawing for picture in drawn}) >= 50
    for content in drawn.values():
        assert len(content) <= 8 * 1024
        rendered = PillowRenderer().render(PictureType.PNG, content)
        assert isinstance(rendered, Rendered)
        assert (rendered.width, rendered.height) == (240, 240)
    with Image.open(io.BytesIO(next(iter(drawn.values())))) as opened:
        assert opened.size == (240, 240)


def test_equal_pictures_have_equal_bytes(shop: list[Stocked]) -> None:
    assert draw(shop[0].picture) == draw(shop[0].picture)
    assert draw(shop[0].picture) != draw(shop[400].picture)


def test_every_picture_says_in_words_what_it_shows(shop: list[Stocked]) -> None:
    for product in (each.product for each in shop):
        [image] = product.images
        assert image.alt.startswith("A drawing: ")
        assert image.key == f"images/{product.product_id}/drawing.png"


@pytest.fixture(scope="module")
def searched(shop: list[Stocked], tmp_path_factory: pytest.TempPathFactory) -> TantivyProductFinder:
    folder = tmp_path_factory.mktemp("search")
    TantivyProductIndex(folder).apply([entry_of(each.product) for each in shop])
    return TantivyProductFinder(folder)


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("teepot", "teapot"),
        ("corduroi dungares", "corduroy dungarees"),
        ("nursng care", "A day of nursing care"),
        ("jane austin", "Emma by Jane Austen"),
        ("bethoven", "Symphony No. 7: Beethoven, LP"),
        ("tedy bear", "teddy bear"),
        ("christmas", "Christmas cards"),
        ("navy jump", "Navy"),
        ("wellies", "wellington boots"),
        ("vse", "vase"),
    ],
)
def test_words_that_people_type_find_samples(searched: TantivyProductFinder, typed: str, wanted: str) -> None:
    found = searched.find(Query(words=typed))

    assert any(wanted in hit.product.name for hit in found.hits)
    assert found.facets["category"]


@pytest.mark.parametrize("category", ["Books", "Music", "Kitchen", "Homeware", "Gifts"])
def test_name_of_a_category_finds_all_its_samples(
    searched: TantivyProductFinder, shop: list[Stocked], category: str
) -> None:
    found = searched.find(Query(words=category.lower(), categories=(category,), limit=100))

    assert found.total == sum(each.product.category == category for each in shop)
    assert found.match is Match.ALL


@pytest.mark.parametrize("typed", ["lego", "sofa", "laptop"])
def test_what_the_shop_does_not_have_finds_nothing(searched: TantivyProductFinder, typed: str) -> None:
    assert searched.find(Query(words=typed)).total == 0


@pytest.mark.parametrize("prefix", ["tea", "cor", "nurs", "jane", "christ"])
def test_beginnings_suggest_samples(searched: TantivyProductFinder, prefix: str) -> None:
    assert searched.suggest(prefix, 5)


@pytest.mark.emulator
class TestOpening:
    """Runs on the local AWS."""

    @pytest.fixture
    def opened(self, emulator: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, str]]:
        """An empty table and an empty bucket."""
        monkeypatch.setenv("AWS_ENDPOINT_URL", emulator)
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        bucket = f"images-{uuid.uuid4().hex}"
        s3: Any = boto3.client("s3")
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
        with tables_like(emulator, TABLES, ["ProductsTable"]) as tables:
            yield tables["ProductsTable"], bucket

    def test_shop_is_opened_once_and_left_alone_then(self, opened: tuple[str, str]) -> None:
        table, bucket = opened
        open_shop(table, bucket, TODAY)
        products = DynamoProducts(table, None)
        cheapest, *others = products.page(Listing(sort=Sort.CHEAPEST), None, 100).items
        rewrite(products, cheapest.product_id, lambda product: replace(product, status=Status.ARCHIVED), TODAY)
        rewrite(products, others[0].product_id, lambda product: replace(product, name="Mine now"), TODAY)

        open_shop(table, bucket, TODAY + timedelta(days=1))

        assert found(products, cheapest.product_id).status is Status.ARCHIVED
        assert found(products, others[0].product_id).name == "Mine now"
        assert found(products, others[1].product_id) == others[1]
        s3: Any = boto3.client("s3")
        assert s3.head_object(Bucket=bucket, Key=others[1].images[0].key)["ContentType"] == "image/png"
        assert len(s3.list_objects_v2(Bucket=bucket)["Contents"]) == 500
