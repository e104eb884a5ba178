"""/products/{productId}/images, DELETE /products/{productId}/images/{imageId}"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from commerce.catalogue.domain.products import Image, Status
from commerce.images import wiring
from commerce.images.answers import _REASONS
from commerce.images.domain.images import MAX_IMAGES, Images
from commerce.images.domain.pictures import MAX_BYTES, Flaw, PictureType
from commerce.images.domain.uploads import FORM_VALID, KEPT, NoRoom, State, Upload
from commerce.images.handlers.product_images import handler
from shared.errors import Unavailable
from shared.json.encoding import moment
from tests.commerce.calls import ADMIN, call
from tests.commerce.catalogue.fakes import FakeProducts
from tests.commerce.examples import a_product
from tests.commerce.images.fake_gallery import FakeGallery
from tests.commerce.images.fake_uploads import FakeUploads
from tests.shared.gateway_events import access_claims

OFFER, LIST = "POST /products/{productId}/images", "GET /products/{productId}/images"
ORDER, DESCRIBE = "PUT /products/{productId}/images/order", "PATCH /products/{productId}/images/{imageId}"
TAKE_AWAY = "DELETE /products/{productId}/images/{imageId}"
WANTED = {"contentType": "image/png", "size": 4000, "alt": "A blue teapot"}
FRONT = "images/teapot/front.png"

pytestmark = pytest.mark.usefixtures("edge", "images")


@pytest.fixture
def gallery() -> FakeGallery:
    return FakeGallery(shown={FRONT: (b"png", "image/png")})


@pytest.fixture
def shop() -> FakeProducts:
    return FakeProducts(a_product())


@pytest.fixture
def uploads() -> FakeUploads:
    return FakeUploads()


@pytest.fixture
def images(shop: FakeProducts, uploads: FakeUploads, gallery: FakeGallery, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the handler uses."""
    images = Images(shop, uploads, gallery)
    monkeypatch.setattr(wiring, "images", lambda: images)
    monkeypatch.setattr(wiring, "first_answers", lambda: uploads.first_answers)
    monkeypatch.setattr(wiring, "images_url", lambda: "https://images.example.org")


def offer(body: object = WANTED, claims: Any = ADMIN, product_id: str = "teapot", key: str = "") -> tuple[int, Any]:
    headers = {"Idempotency-Key": key} if key else {}
    return call(handler, OFFER, body, claims=claims, headers=headers, productId=product_id)


def listed(product_id: str = "teapot") -> list[dict[str, Any]]:
    status, answer = call(handler, LIST, claims=ADMIN, productId=product_id)
    assert status == 200, answer
    items: list[dict[str, Any]] = answer["items"]
    return items


def states() -> dict[str, str]:
    return {image["imageId"]: image["state"] for image in listed()}


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


def test_repeated_request_gets_the_same_form() -> None:
    assert offer(key="k1") == offer(key="k1")
    assert offer(key="k2") != offer(key="k1")
    assert len(states()) == 3


def test_forms_take_places_until_they_expire(uploads: FakeUploads) -> None:
    offered = [offer()[1] for _ in range(MAX_IMAGES - 1)]
    status, problem = offer()
    assert (status, problem["detail"]) == (
        409,
        "A product can have at most 10 images: remove one first, or wait until unused forms expire (9 now).",
    )

    unused = uploads.by_id["teapot", offered[0]["imageId"]]
    uploads.add(replace(unused, offered_at=unused.offered_at - FORM_VALID))

    assert offer()[0] == 201
    assert offered[0]["imageId"] not in states()


@pytest.mark.parametrize("state", [State.REFUSED, State.REMOVED])
def test_upload_that_cannot_become_an_image_takes_no_place(uploads: FakeUploads, state: State) -> None:
    for _ in range(2 * MAX_IMAGES):
        offered = offer()[1]
        upload = uploads.by_id["teapot", offered["imageId"]]
        uploads.add(replace(upload, state=state, reason=Flaw.BROKEN if state is State.REFUSED else None))

    assert offer()[0] == 201


def test_image_takes_one_place_not_two(uploads: FakeUploads, shop: FakeProducts) -> None:
    for number in range(MAX_IMAGES - 1):
        offered = Upload("teapot", f"i{number}", PictureType.PNG, "A cup", datetime.now(UTC))
        uploads.add(replace(offered, state=State.ACCEPTED, version_id="v1"))
    images = (Image(image_id, f"images/teapot/{image_id}.png", "image/png", "") for _, image_id in uploads.by_id)
    shop.by_id["teapot"] = a_product(images=tuple(images))

    assert offer()[0] == 201


def test_admin_sees_what_became_of_each_upload(uploads: FakeUploads, gallery: FakeGallery) -> None:
    now = datetime.now(UTC)
    old = now - FORM_VALID
    for upload in (
        Upload("teapot", "a-waits", PictureType.PNG, "Lid", now),
        Upload("teapot", "b-accepted", PictureType.PNG, "Spout", now, State.ACCEPTED, version_id="v1"),
        Upload("teapot", "c-expired", PictureType.PNG, "Unused", old),
        Upload("teapot", "d-uploaded", PictureType.PNG, "Handle", old),
        Upload("teapot", "e-refused", PictureType.PNG, "Base", old, State.REFUSED, Flaw.BROKEN),
        Upload("teapot", "f-removed", PictureType.PNG, "Gone", now, State.REMOVED, version_id="v2"),
        Upload("teapot", "g-forgotten", PictureType.PNG, "Old", now - KEPT, State.REFUSED, Flaw.BROKEN),
        Upload("teapot", "front", PictureType.PNG, "A blue teapot", now, State.ACCEPTED, version_id="v3"),
    ):
        uploads.add(upload)
    gallery.upload("teapot", "d-uploaded", b"png")

    nothing = {"reason": None, "url": None, "urls": None, "width": None, "height": None}
    damaged = "The file is damaged or incomplete. Save the picture again with an image editor, then upload that."
    assert listed() == [
        nothing
        | {
            "imageId": "front",
            "state": "shown",
            "alt": "A blue teapot",
            "url": "https://images.example.org/images/teapot/front.png",
            "urls": dict.fromkeys(("320", "800", "1600"), "https://images.example.org/images/teapot/front.png"),
            "width": 640,
            "height": 480,
        },
        nothing | {"imageId": "e-refused", "state": "refused", "alt": "Base", "reason": damaged},
        nothing | {"imageId": "d-uploaded", "state": "waiting", "alt": "Handle"},
        nothing | {"imageId": "b-accepted", "state": "waiting", "alt": "Spout"},
        nothing | {"imageId": "a-waits", "state": "waiting", "alt": "Lid"},
    ]


def test_image_of_before_sizes_were_kept_has_none(shop: FakeProducts) -> None:
    shop.by_id["teapot"] = a_product(images=(Image("front", FRONT, "image/png", "A blue teapot"),))

    assert [(image["width"], image["height"]) for image in listed()] == [(None, None)]


@pytest.mark.parametrize("reason", [*Flaw, *NoRoom])
def test_every_reason_says_what_to_do(reason: Flaw | NoRoom) -> None:
    assert len(_REASONS[reason].split(". ")) == 2


def test_refused_upload_may_be_taken_off_the_list(uploads: FakeUploads) -> None:
    uploads.add(Upload("teapot", "i1", PictureType.PNG, "Lid", datetime.now(UTC), State.REFUSED, Flaw.BROKEN))
    assert states() == {"front": "shown", "i1": "refused"}

    assert take_away("i1") == (204, None)

    assert states() == {"front": "shown"}


@pytest.mark.parametrize("claims", [access_claims("ada"), access_claims("sam", "staff")], ids=["supporter", "staff"])
def test_others_are_refused_whatever_they_send(gallery: FakeGallery, claims: Any) -> None:
    assert offer({"nonsense": 1}, claims)[0] == 403
    assert take_away(claims=claims)[0] == 403
    assert call(handler, LIST, claims=claims, productId="teapot")[0] == 403
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


TWO = tuple(Image(each, f"images/teapot/{each}", "image/webp", each, 40, 30, (320,)) for each in ("front", "back"))


def change(route: str, body: dict[str, Any], claims: Any = ADMIN, **path: str) -> tuple[int, Any]:
    whole_path: Any = {"productId": "teapot"} | path
    return call(handler, route, body, claims=claims, **whole_path)


def test_images_are_put_into_another_order(shop: FakeProducts) -> None:
    shop.by_id["teapot"] = a_product(images=TWO)
    for _ in range(2):
        status, product = change(ORDER, {"imageIds": ["back", "front"], "version": 1})
        assert (status, product["version"]) == (200, 2)
        assert [image["imageId"] for image in product["images"]] == ["back", "front"]


@pytest.mark.parametrize("image_ids", [[], ["front"], ["front", "front"], ["front", "back", "lid"], ["front", "lid"]])
def test_order_names_each_image_once(shop: FakeProducts, image_ids: list[str]) -> None:
    shop.by_id["teapot"] = a_product(images=TWO)

    status, problem = change(ORDER, {"imageIds": image_ids})

    assert (status, problem["errors"]) == (
        422,
        [{"field": "imageIds", "message": "must name each image of the product once: front, back"}],
    )


def test_text_of_an_image_is_changed(shop: FakeProducts) -> None:
    shop.by_id["teapot"] = a_product(images=TWO)
    for _ in range(2):
        status, product = change(DESCRIBE, {"alt": " The lid ", "version": 1}, imageId="back")
        assert (status, product["version"]) == (200, 2)
        assert [image["alt"] for image in product["images"]] == ["front", "The lid"]


@pytest.mark.parametrize(
    ("route", "body"), [("ORDER", {"imageIds": ["back", "front"]}), ("DESCRIBE", {"alt": "Lid"})], ids=["order", "text"]
)
def test_change_of_what_somebody_else_has_changed_is_a_conflict(
    shop: FakeProducts, route: str, body: dict[str, Any]
) -> None:
    shop.by_id["teapot"] = a_product(images=TWO, version=3)

    status, problem = change(globals()[route], body | {"version": 2}, imageId="back")

    assert (status, problem["errors"]) == (409, [{"field": "version", "message": "is 3 now"}])
    assert shop.by_id["teapot"].images == TWO


def test_what_is_not_shown_cannot_be_described() -> None:
    for path in ({"imageId": "lid"}, {"imageId": "front", "productId": "kettle"}):
        assert change(DESCRIBE, {"alt": "Lid"}, **path)[0] == 404
    assert change(ORDER, {"imageIds": []}, productId="kettle")[0] == 404
    assert change(DESCRIBE, {"alt": ""}, imageId="front")[0] == 422


def test_only_admins_change_images() -> None:
    for group in ("staff", "finance", None):
        assert change(ORDER, {"imageIds": ["front"]}, access_claims("ann", group))[0] == 403
        assert change(DESCRIBE, {"alt": "Lid"}, access_claims("ann", group), imageId="front")[0] == 403


def test_type_that_cannot_be_shown_is_refused_with_those_that_can() -> None:
    status, problem = offer(WANTED | {"contentType": "image/heic"})

    [error] = problem["errors"]
    assert (status, error["field"]) == (422, "contentType")
    assert all(type_.value in error["message"] for type_ in PictureType)


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
    assert call(handler, LIST, claims=ADMIN, productId="kettle")[0] == 404
    assert take_away(image_id="../front")[0] == 404


@pytest.mark.parametrize("type_", PictureType)
def test_every_type_of_picture_gets_a_form(type_: PictureType) -> None:
    assert offer(WANTED | {"contentType": type_.value})[1]["upload"]["fields"]["Content-Type"] == type_.value
