"""POST /products/{productId}/images, DELETE /products/{productId}/images/{imageId}"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from commerce.catalogue.domain.products import Image, Status
from commerce.images import wiring as uploads
from commerce.images.domain.images import MAX_IMAGES
from commerce.images.domain.pictures import MAX_BYTES, PictureType
from commerce.images.handlers.product_images import handler
from shared.errors import Unavailable
from shared.json.encoding import moment
from tests.commerce.calls import ADMIN, call
from tests.commerce.catalogue.fakes import FakeProducts
from tests.commerce.examples import a_product
from tests.commerce.images.fake_gallery import FakeGallery
from tests.shared.gateway_events import access_claims

OFFER, TAKE_AWAY = "POST /products/{productId}/images", "DELETE /products/{productId}/images/{imageId}"
WANTED = {"contentType": "image/png", "size": 4000, "alt": "A blue teapot"}
FRONT = "images/teapot/front.png"

pytestmark = pytest.mark.usefixtures("edge", "gallery", "shop")


@pytest.fixture
def gallery(monkeypatch: pytest.MonkeyPatch) -> FakeGallery:
    gallery = FakeGallery(shown={FRONT: (b"png", "image/png")})
    monkeypatch.setattr(uploads, "gallery", lambda: gallery)
    return gallery


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> FakeProducts:
    products = FakeProducts(a_product())
    monkeypatch.setattr(uploads, "products", lambda: products)
    return products


def offer(body: object = WANTED, claims: Any = ADMIN, product_id: str = "teapot") -> tuple[int, Any]:
    return call(handler, OFFER, body, claims=claims, productId=product_id)


def take_away(image_id: str = "front", claims: Any = ADMIN, product_id: str = "teapot") -> tuple[int, Any]:
    return call(handler, TAKE_AWAY, claims=claims, productId=product_id, imageId=image_id)


def test_admin_gets_a_form_for_five_minutes(shop: FakeProducts) -> None:
    before = datetime.now(UTC)

    status, offered = offer()

    assert status == 201
    assert offered.keys() == {"imageId", "upload", "expiresAt"}
    assert offered["upload"]["fields"]["key"] == f"uploads/teapot/{offered['imageId']}"
    assert offered["upload"]["url"]
    assert timedelta(seconds=295) < moment(offered["expiresAt"]) - before <= timedelta(seconds=301)
    assert shop.by_id["teapot"] == a_product()


def test_every_form_is_for_another_image() -> None:
    assert offer()[1]["imageId"] != offer()[1]["imageId"]


@pytest.mark.parametrize("claims", [access_claims("ada"), access_claims("sam", "staff")], ids=["supporter", "staff"])
def test_others_are_refused_whatever_they_send(gallery: FakeGallery, claims: Any) -> None:
    assert offer({"nonsense": 1}, claims)[0] == 403
    assert take_away(claims=claims)[0] == 403
    assert FRONT in gallery.shown


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"contentType": "image/svg+xml"}, "contentType"),
        ({"contentType": "IMAGE/PNG"}, "contentType"),
        ({"size": 0}, "size"),
        ({"size": MAX_BYTES + 1}, "size"),
        ({"size": 1.5}, "size"),
        ({"size": "4000"}, "size"),
        ({"size": True}, "size"),
        ({"alt": ""}, "alt"),
        ({"alt": "   "}, "alt"),
        ({"alt": "a\nb"}, "alt"),
        ({"alt": "a" * 251}, "alt"),
        ({"fileName": "a.png"}, "fileName"),
    ],
)
def test_body_that_means_nothing_is_refused(changed: dict[str, object], field: str) -> None:
    status, problem = offer(WANTED | changed)

    assert status == 422
    assert [error["field"] for error in problem["errors"]] == [field]


@pytest.mark.parametrize("missing", WANTED)
def test_missing_field_is_named(missing: str) -> None:
    status, problem = offer({name: value for name, value in WANTED.items() if name != missing})

    assert (status, problem["errors"][0]["field"]) == (422, missing)


def test_unknown_product_gets_no_form() -> None:
    assert offer(product_id="kettle")[0] == 404
    assert offer(product_id="../teapot")[0] == 404


@pytest.mark.parametrize(
    "changes",
    [
        {"status": Status.ARCHIVED},
        {"images": tuple(Image(str(n), f"images/teapot/{n}.png", "image/png", "") for n in range(MAX_IMAGES))},
    ],
    ids=["archived", "full"],
)
def test_product_that_takes_no_more_gets_no_form(shop: FakeProducts, changes: dict[str, Any]) -> None:
    shop.by_id["teapot"] = a_product(**changes)

    assert offer()[0] == 409


def test_draft_gets_a_form(shop: FakeProducts) -> None:
    shop.by_id["teapot"] = a_product(status=Status.DRAFT)

    assert offer()[0] == 201


def test_image_is_taken_away_once_and_for_all(shop: FakeProducts, gallery: FakeGallery) -> None:
    assert take_away() == (204, None)
    assert take_away() == (204, None)

    assert shop.by_id["teapot"].images == ()
    assert shop.by_id["teapot"].version == 2
    assert not gallery.shown


def test_other_images_stay(shop: FakeProducts, gallery: FakeGallery) -> None:
    assert take_away("back")[0] == 204
    assert shop.by_id["teapot"] == a_product()
    assert FRONT in gallery.shown


def test_image_of_an_archived_product_may_be_taken_away(shop: FakeProducts) -> None:
    shop.by_id["teapot"] = a_product(status=Status.ARCHIVED)

    assert take_away()[0] == 204
    assert shop.by_id["teapot"].images == ()


def test_removal_that_was_cut_off_is_repeated(gallery: FakeGallery) -> None:
    def closed(keys: tuple[str, ...]) -> None:
        raise Unavailable(f"The gallery takes nothing down: {len(keys)} keys stay.", 1)

    take_down, gallery.take_down = gallery.take_down, closed  # type: ignore[method-assign]
    assert take_away()[0] == 503
    gallery.take_down = take_down  # type: ignore[method-assign]

    assert take_away()[0] == 204
    assert not gallery.shown


def test_image_of_no_product_is_not_found() -> None:
    assert take_away(product_id="kettle")[0] == 404
    assert take_away(image_id="../front")[0] == 404


@pytest.mark.parametrize("type_", PictureType)
def test_every_type_of_picture_gets_a_form(type_: PictureType) -> None:
    assert offer(WANTED | {"contentType": type_.value})[1]["upload"]["fields"]["Content-Type"] == type_.value
