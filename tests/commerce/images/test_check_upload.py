"""What becomes of an upload, whatever it is, and however often we hear of it."""

import json
import logging
from dataclasses import replace

import pytest

from commerce.catalogue.domain.products import Product, Status
from commerce.images import wiring
from commerce.images.adapters.pillow_renderer import PillowRenderer
from commerce.images.domain.images import MAX_IMAGES
from commerce.images.domain.inspection import Inspection, Outcome
from commerce.images.domain.pictures import MAX_BYTES, Flaw, PictureType, Rendered
from commerce.images.domain.uploads import NoRoom, State, Upload
from commerce.images.handlers.check_upload import handler
from local.workspace import ROOT
from tests.commerce.catalogue.fakes import FakeProducts
from tests.commerce.examples import NOW, a_product
from tests.commerce.images.fake_gallery import FakeGallery
from tests.commerce.images.fake_uploads import FakeUploads
from tests.commerce.images.shop import FILE, OFFERED, PNG, SHOWN, Shop, png, webp
from tests.shared.lambda_context import CONTEXT

SAMPLE = json.loads((ROOT / "events" / "commerce" / "check_upload.json").read_text())


def test_picture_is_shown_and_the_upload_discarded() -> None:
    shop = Shop()
    shop.gallery.upload("teapot", "i1", PNG)

    assert shop.inspect() is Outcome.SHOWN

    assert shop.teapot == a_product(images=(SHOWN,), version=2)
    assert shop.gallery.shown == {FILE: webp()}
    assert shop.upload.state is State.ACCEPTED
    assert not shop.waits


def test_large_picture_has_a_file_for_each_width() -> None:
    shop = Shop()
    shop.gallery.upload("teapot", "i1", png(size=(2000, 1000)))

    assert shop.inspect() is Outcome.SHOWN

    [image] = shop.teapot.images
    assert (image.width, image.height, image.widths) == (2000, 1000, (320, 800, 1600))
    assert shop.gallery.shown.keys() == {f"images/teapot/i1-{width}.webp" for width in (320, 800, 1600)}
    shop.remove()
    assert not shop.gallery.shown


class Deadly:
    """Ends the function that decodes a picture, as a lack of memory does."""

    def render(self, type_: PictureType, content: bytes) -> Rendered | Flaw:  # noqa: ARG002  the protocol's
        raise KeyboardInterrupt


def test_picture_that_ends_every_function_is_refused_by_the_third() -> None:
    shop = Shop()
    shop.gallery.upload("teapot", "i1", PNG)
    inspection = Inspection(shop.products, shop.uploads, shop.gallery, Deadly())
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            inspection.inspect("teapot", "i1", NOW)

    assert inspection.inspect("teapot", "i1", NOW) is Flaw.UNREADABLE
    assert (shop.upload.state, shop.upload.reason) == (State.REFUSED, Flaw.UNREADABLE)
    assert not shop.waits


def test_event_that_comes_again_changes_nothing() -> None:
    shop = Shop()
    shop.gallery.upload("teapot", "i1", PNG)
    shop.inspect()

    assert shop.inspect() is Outcome.GONE
    assert shop.teapot.version == 2


def test_form_that_is_posted_again_changes_nothing() -> None:
    shop = Shop()
    shop.gallery.upload("teapot", "i1", PNG)
    assert shop.inspect() is Outcome.SHOWN
    shop.gallery.upload("teapot", "i1", png("red"))

    assert shop.inspect() is Outcome.USED

    assert shop.teapot == a_product(images=(SHOWN,), version=2)
    assert shop.gallery.shown == {FILE: webp()}
    assert not shop.waits


def test_second_upload_before_anybody_looked_is_discarded_too() -> None:
    shop = Shop()
    shop.gallery.upload("teapot", "i1", PNG)
    shop.gallery.upload("teapot", "i1", png("red"))

    assert [shop.inspect(), shop.inspect(), shop.inspect()] == [Outcome.SHOWN, Outcome.USED, Outcome.GONE]
    assert shop.teapot.version == 2
    assert shop.gallery.shown == {FILE: webp(png("red"))}
    assert not shop.waits


def test_form_of_an_image_that_was_removed_shows_nothing_again() -> None:
    shop = Shop()
    shop.gallery.upload("teapot", "i1", PNG)
    shop.inspect()
    shop.remove()
    shop.gallery.upload("teapot", "i1", png("red"))

    assert shop.inspect() is Outcome.REMOVED

    assert shop.teapot.images == ()
    assert not shop.gallery.shown
    assert not shop.waits


def test_form_whose_picture_was_refused_shows_nothing_else() -> None:
    shop = Shop()
    shop.gallery.upload("teapot", "i1", b"<html>")
    shop.inspect()
    shop.gallery.upload("teapot", "i1", PNG)

    assert shop.inspect() is Flaw.OTHER_TYPE
    assert not shop.gallery.shown
    assert not shop.waits


def test_file_that_nobody_gave_a_form_for_is_discarded() -> None:
    shop = Shop()
    shop.uploads.by_id.clear()
    shop.gallery.upload("teapot", "i1", PNG)

    assert shop.inspect() is Outcome.NO_FORM
    assert shop.teapot == a_product(images=())
    assert not shop.gallery.shown
    assert not shop.waits


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"<html><script>alert(1)</script>", Flaw.OTHER_TYPE),
        (PNG[:50], Flaw.BROKEN),
        (PNG + bytes(MAX_BYTES), Flaw.TOO_LARGE),
    ],
)
def test_what_is_no_picture_is_discarded_and_its_record_says_why(content: bytes, why: Flaw) -> None:
    shop = Shop()
    shop.gallery.upload("teapot", "i1", content)

    assert shop.inspect() is why

    assert (shop.upload.state, shop.upload.reason) == (State.REFUSED, why)
    assert shop.teapot == a_product(images=())
    assert not shop.gallery.shown
    assert not shop.waits


def test_picture_of_another_type_than_its_form_s_is_discarded() -> None:
    shop = Shop(offered=replace(OFFERED, type=PictureType.JPEG))
    shop.gallery.upload("teapot", "i1", PNG)

    assert shop.inspect() is Flaw.OTHER_TYPE


@pytest.mark.parametrize(
    ("shop", "why"),
    [
        (Shop(status=Status.ARCHIVED), NoRoom.ARCHIVED),
        (Shop(*(replace(SHOWN, image_id=f"other-{number}") for number in range(MAX_IMAGES))), NoRoom.FULL),
    ],
    ids=["archived", "full"],
)
def test_product_that_takes_no_more_stays_as_it_is(shop: Shop, why: NoRoom) -> None:
    before = shop.teapot
    shop.gallery.upload("teapot", "i1", PNG)

    assert shop.inspect() is why
    assert (shop.upload.state, shop.upload.reason) == (State.REFUSED, why)
    assert shop.teapot == before
    assert not shop.gallery.shown
    assert not shop.waits


class ArchivedMeanwhile(FakeProducts):
    """Somebody archives the product whenever it is about to be written."""

    def edit(self, seen: Product, edited: Product) -> Product:
        current = self.by_id[edited.product_id]
        if current.status is not Status.ARCHIVED:
            super().edit(current, replace(current, status=Status.ARCHIVED, version=current.version + 1))
        return super().edit(seen, edited)


def test_product_archived_meanwhile_shows_nothing_new() -> None:
    shop = Shop()
    shop.products = ArchivedMeanwhile(a_product(images=()))
    shop.gallery.upload("teapot", "i1", PNG)

    assert shop.inspect() is NoRoom.ARCHIVED
    assert shop.teapot.images == ()
    assert not shop.gallery.shown


class ChangedMeanwhile(FakeProducts):
    """Somebody changes the product between a read and the write after it, a few times."""

    left = 3

    def edit(self, seen: Product, edited: Product) -> Product:
        current = self.by_id[edited.product_id]
        if self.left:
            self.left -= 1
            super().edit(current, replace(current, name=f"Teapot {self.left}", version=current.version + 1))
        return super().edit(seen, edited)


def test_change_of_somebody_else_is_kept() -> None:
    shop = Shop()
    shop.products = ChangedMeanwhile(a_product(images=()))
    shop.gallery.upload("teapot", "i1", PNG)

    assert shop.inspect() is Outcome.SHOWN
    assert (shop.teapot.name, shop.teapot.images, shop.teapot.version) == ("Teapot 0", (SHOWN,), 5)


def test_upload_that_was_removed_before_anybody_looked_is_never_shown() -> None:
    shop = Shop()
    shop.gallery.upload("teapot", "i1", PNG)

    shop.remove()

    assert shop.inspect() is Outcome.REMOVED
    assert shop.teapot == a_product(images=())
    assert not shop.gallery.shown
    assert not shop.waits


def test_event_of_the_bucket_is_understood_and_the_log_names_no_words(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    product_id, image_id = SAMPLE["detail"]["object"]["key"].split("/")[1:]
    products, gallery = FakeProducts(a_product(product_id, images=())), FakeGallery()
    uploads = FakeUploads(Upload(product_id, image_id, PictureType.PNG, "Ada's teapot", NOW))
    gallery.upload(product_id, image_id, PNG)
    monkeypatch.setattr(wiring, "inspection", lambda: Inspection(products, uploads, gallery, PillowRenderer()))

    with caplog.at_level(logging.INFO):
        handler(SAMPLE, CONTEXT)

    assert [image.image_id for image in products.by_id[product_id].images] == [image_id]
    [record] = caplog.records
    assert record.message == "upload inspected"
    assert vars(record)["outcome"] == "shown"
    assert "Ada" not in str(vars(record))
