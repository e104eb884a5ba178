"""What becomes of an upload, whatever it is, however often we hear of it, and wherever looking at it is cut off."""

import io
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Drawing

from commerce.catalogue.domain.products import Image, Product, Status
from commerce.images import wiring as uploads
from commerce.images.domain.images import MAX_IMAGES, Outcome, inspect_upload, remove_image
from commerce.images.domain.pictures import MAX_BYTES, Refusal
from commerce.images.handlers.check_upload import handler
from local.workspace import ROOT
from shared.errors import Unavailable
from tests.commerce.catalogue.fakes import FakeProducts
from tests.commerce.examples import NOW, a_product
from tests.commerce.images.fake_gallery import FakeGallery
from tests.shared.lambda_context import CONTEXT

SAMPLE = json.loads((ROOT / "events" / "commerce" / "check_upload.json").read_text())
KEY = "images/teapot/i1.png"
SHOWN = Image("i1", KEY, "image/png", "A teapot")


def png(colour: str = "blue") -> bytes:
    written = io.BytesIO()
    Drawing.new("RGB", (4, 4), colour).save(written, "PNG")
    return written.getvalue()


PNG = png()


class Shop:
    """A teapot without images, and a gallery."""

    def __init__(self, *images: Image, status: Status = Status.ACTIVE) -> None:
        self.products = FakeProducts(a_product(images=images, status=status))
        self.gallery = FakeGallery()

    @property
    def teapot(self) -> Product:
        return self.products.by_id["teapot"]

    def inspect(self, product_id: str = "teapot", image_id: str = "i1") -> Outcome | Refusal:
        return inspect_upload(product_id, image_id, self.products, self.gallery, NOW)

    @property
    def waits(self) -> bool:
        return any(self.gallery.uploads.values())


def test_picture_is_shown_and_the_upload_discarded() -> None:
    shop = Shop()
    shop.gallery.upload("teapot", "i1", PNG)

    assert shop.inspect() is Outcome.SHOWN

    assert shop.teapot == a_product(images=(SHOWN,), version=2)
    assert shop.gallery.shown == {KEY: (PNG, "image/png")}
    assert not shop.waits


def test_picture_is_shown_without_what_a_camera_noted() -> None:
    shop, noted, exif = Shop(), io.BytesIO(), Drawing.Exif()
    exif[0x010E] = "Elm Cottage"
    Drawing.new("RGB", (4, 4), "blue").save(noted, "PNG", exif=exif)
    shop.gallery.upload("teapot", "i1", noted.getvalue())

    assert shop.inspect() is Outcome.SHOWN
    assert shop.gallery.shown == {KEY: (PNG, "image/png")}


def test_event_that_comes_again_changes_nothing() -> None:
    shop = Shop()
    shop.gallery.upload("teapot", "i1", PNG)
    shop.inspect()

    assert shop.inspect() is Outcome.GONE
    assert shop.teapot.version == 2


def test_form_that_is_posted_again_changes_nothing() -> None:
    shop = Shop()
    for content in (PNG, png("red")):
        shop.gallery.upload("teapot", "i1", content)
        assert shop.inspect() is Outcome.SHOWN

    assert shop.teapot == a_product(images=(SHOWN,), version=2)
    assert shop.gallery.shown == {KEY: (PNG, "image/png")}
    assert not shop.waits


def test_second_upload_before_anybody_looked_is_discarded_too() -> None:
    shop = Shop()
    shop.gallery.upload("teapot", "i1", PNG)
    shop.gallery.upload("teapot", "i1", png("red"))

    assert [shop.inspect(), shop.inspect(), shop.inspect()] == [Outcome.SHOWN, Outcome.SHOWN, Outcome.GONE]
    assert shop.teapot.version == 2
    assert len(shop.gallery.shown) == 1
    assert not shop.waits


@pytest.mark.parametrize(
    ("content", "content_type", "why"),
    [
        (b"<html><script>alert(1)</script>", "image/png", Refusal.OTHER_TYPE),
        (PNG[:-12] + b"\0\0\0\x10tEXt<script>alert(1)", "image/png", Refusal.MARKUP),
        (PNG, "image/jpeg", Refusal.OTHER_TYPE),
        (PNG, "image/svg+xml", Refusal.UNKNOWN_TYPE),
        (PNG[:-1], "image/png", Refusal.BROKEN),
        (PNG + bytes(MAX_BYTES), "image/png", Refusal.TOO_LARGE),
    ],
)
def test_what_is_no_picture_is_discarded(content: bytes, content_type: str, why: Refusal) -> None:
    shop = Shop()
    shop.gallery.upload("teapot", "i1", content, content_type)

    assert shop.inspect() is why

    assert shop.teapot == a_product(images=())
    assert not shop.gallery.shown
    assert not shop.waits


def test_picture_of_no_product_is_discarded() -> None:
    shop = Shop()
    shop.gallery.upload("kettle", "i1", PNG)

    assert shop.inspect("kettle") is Outcome.NO_PRODUCT
    assert not shop.gallery.shown
    assert not shop.waits


@pytest.mark.parametrize(
    "shop",
    [
        Shop(status=Status.ARCHIVED),
        Shop(*(replace(SHOWN, image_id=f"other-{number}") for number in range(MAX_IMAGES))),
    ],
    ids=["archived", "full"],
)
def test_product_that_takes_no_more_stays_as_it_is(shop: Shop) -> None:
    before = shop.teapot
    shop.gallery.upload("teapot", "i1", PNG)

    assert shop.inspect() is Outcome.NO_ROOM
    assert shop.teapot == before
    assert not shop.gallery.shown
    assert not shop.waits


class ArchivedMeanwhile(FakeProducts):
    """Somebody archives the product whenever it is about to be written."""

    def replace(self, product: Product) -> None:
        current = self.by_id[product.product_id]
        if current.status is not Status.ARCHIVED:
            super().replace(replace(current, status=Status.ARCHIVED, version=current.version + 1))
        super().replace(product)


def test_product_archived_meanwhile_shows_nothing_new() -> None:
    shop = Shop()
    shop.products = ArchivedMeanwhile(a_product(images=()))
    shop.gallery.upload("teapot", "i1", PNG)

    assert shop.inspect() is Outcome.NO_ROOM
    assert shop.teapot.images == ()
    assert not shop.gallery.shown


class ChangedMeanwhile(FakeProducts):
    """Somebody changes the product between a read and the write after it, a few times."""

    left = 3

    def replace(self, product: Product) -> None:
        current = self.by_id[product.product_id]
        if self.left:
            self.left -= 1
            super().replace(replace(current, name=f"Teapot {self.left}", version=current.version + 1))
        super().replace(product)


def test_change_of_somebody_else_is_kept() -> None:
    shop = Shop()
    shop.products = ChangedMeanwhile(a_product(images=()))
    shop.gallery.upload("teapot", "i1", PNG)

    assert shop.inspect() is Outcome.SHOWN
    assert (shop.teapot.name, shop.teapot.images, shop.teapot.version) == ("Teapot 0", (SHOWN,), 5)


@given(good=st.booleans(), cuts=st.lists(st.integers(1, 8), max_size=4), status=st.sampled_from([*Status, None]))
def test_looking_may_be_cut_off_anywhere(good: bool, cuts: list[int], status: Status | None) -> None:
    """Whatever call fails, and however often: once a look goes through, the end is that of an undisturbed one."""
    shop = Shop(status=status or Status.ACTIVE)
    if status is None:
        del shop.products.by_id["teapot"]
    shop.gallery.upload("teapot", "i1", PNG if good else b"<script>")
    for cut in cuts:
        shop.gallery.calls, shop.gallery.fails_at = 0, cut
        with suppress(Unavailable):
            shop.inspect()
    shop.gallery.fails_at = 0
    shop.inspect()

    is_shown = good and status not in {None, Status.ARCHIVED}
    assert shop.gallery.shown.keys() == ({KEY} if is_shown else set())
    if status:
        assert shop.teapot.images == ((SHOWN,) if is_shown else ())
        assert shop.teapot.version == (2 if is_shown else 1)
    assert not shop.waits


class Interrupted:
    """What it stands for, but that before one of all their calls, counted from 1, something else happens."""

    def __init__(self, at: int, meanwhile: Callable[[], object]) -> None:
        self._left, self._meanwhile = at, meanwhile

    def __call__(self, interrupted: Any) -> Any:
        return _Calls(interrupted, self._called)

    def _called(self) -> None:
        self._left -= 1
        if not self._left:
            self._meanwhile()


class _Calls:
    def __init__(self, of: Any, callback: Callable[[], None]) -> None:
        self._of, self._callback = of, callback

    def __getattr__(self, name: str) -> Any:
        def call(*given: Any) -> Any:
            self._callback()
            return getattr(self._of, name)(*given)

        return call


@pytest.mark.parametrize("at", range(1, 12))
@pytest.mark.parametrize("first", ["look", "removal"])
def test_image_that_is_removed_while_it_is_looked_at_is_shown_or_gone_and_never_half(first: str, at: int) -> None:
    shop = Shop()
    shop.gallery.upload("teapot", "i1", PNG)

    def remove(products: Any, gallery: Any) -> None:
        remove_image("teapot", "i1", products, gallery, NOW)

    def look(products: Any, gallery: Any) -> None:
        inspect_upload("teapot", "i1", products, gallery, NOW)

    begun, meanwhile = (look, remove) if first == "look" else (remove, look)
    interrupted = Interrupted(at, lambda: meanwhile(shop.products, shop.gallery))
    begun(interrupted(shop.products), interrupted(shop.gallery))

    assert {image.key for image in shop.teapot.images} == shop.gallery.shown.keys()


def test_upload_of_an_image_that_was_removed_before_anybody_looked_is_never_shown() -> None:
    shop = Shop()
    shop.gallery.upload("teapot", "i1", PNG)

    remove_image("teapot", "i1", shop.products, shop.gallery, NOW)

    assert shop.inspect() is Outcome.GONE
    assert shop.teapot == a_product(images=())
    assert not shop.gallery.shown


def test_event_of_the_bucket_is_understood_and_the_log_names_no_words(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    product_id, image_id = SAMPLE["detail"]["object"]["key"].split("/")[1:]
    products, gallery = FakeProducts(a_product(product_id, images=())), FakeGallery()
    gallery.upload(product_id, image_id, PNG, alt="Ada's teapot")
    monkeypatch.setattr(uploads, "products", lambda: products)
    monkeypatch.setattr(uploads, "gallery", lambda: gallery)

    with caplog.at_level(logging.INFO):
        handler(SAMPLE, CONTEXT)

    assert [image.image_id for image in products.by_id[product_id].images] == [image_id]
    [record] = caplog.records
    assert record.message == "upload inspected"
    assert vars(record)["outcome"] == "shown"
    assert "Ada" not in str(vars(record))
