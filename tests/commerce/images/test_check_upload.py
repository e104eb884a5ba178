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
from commerce.images import wiring
from commerce.images.adapters.pillow_renderer import PillowRenderer
from commerce.images.domain.images import MAX_IMAGES, Images
from commerce.images.domain.inspection import Inspection, Outcome
from commerce.images.domain.pictures import MAX_BYTES, Flaw, PictureType, Rendered
from commerce.images.domain.uploads import NoRoom, Reason, State, Upload
from commerce.images.handlers.check_upload import handler
from local.workspace import ROOT
from shared.errors import Unavailable
from tests.commerce.catalogue.fakes import FakeProducts
from tests.commerce.examples import NOW, a_product
from tests.commerce.images.fake_gallery import FakeGallery
from tests.commerce.images.fake_uploads import FakeUploads
from tests.shared.lambda_context import CONTEXT

SAMPLE = json.loads((ROOT / "events" / "commerce" / "check_upload.json").read_text())
FILE = "images/teapot/i1-320.webp"
SHOWN = Image("i1", "images/teapot/i1", "image/webp", "A teapot", 4, 4, (320,))
OFFERED = Upload("teapot", "i1", PictureType.PNG, "A teapot", NOW)


def png(colour: str = "blue", size: tuple[int, int] = (4, 4)) -> bytes:
    written = io.BytesIO()
    Drawing.new("RGB", size, colour).save(written, "PNG")
    return written.getvalue()


PNG = png()


def webp(content: bytes = PNG) -> tuple[bytes, str]:
    """What is served of a picture, and as what."""
    rendered = PillowRenderer().render(PictureType.PNG, content)
    assert isinstance(rendered, Rendered)
    return rendered.files[320], "image/webp"


class Shop:
    """A teapot without images, a form for one, and a gallery."""

    def __init__(self, *images: Image, status: Status = Status.ACTIVE, offered: Upload = OFFERED) -> None:
        self.products = FakeProducts(a_product(images=images, status=status))
        self.uploads = FakeUploads(offered)
        self.gallery = FakeGallery()

    @property
    def teapot(self) -> Product:
        return self.products.by_id["teapot"]

    @property
    def upload(self) -> Upload:
        return self.uploads.by_id["teapot", "i1"]

    def inspect(self) -> Outcome | Reason:
        return Inspection(self.products, self.uploads, self.gallery, PillowRenderer()).inspect("teapot", "i1", NOW)

    def remove(self) -> None:
        Images(self.products, self.uploads, self.gallery).remove("teapot", "i1", NOW)

    @property
    def waits(self) -> bool:
        return any(self.gallery.files.values())


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

    def render(self, type_: PictureType, content: bytes) -> Rendered | Flaw:  # noqa: ARG002
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


@given(good=st.booleans(), cuts=st.lists(st.integers(1, 8), max_size=4), status=st.sampled_from(Status))
def test_looking_may_be_cut_off_anywhere(good: bool, cuts: list[int], status: Status) -> None:
    """Whatever call fails, and however often: once a look goes through, the end is that of an undisturbed one."""
    shop = Shop(status=status)
    shop.gallery.upload("teapot", "i1", PNG if good else b"<script>")
    for cut in cuts:
        shop.gallery.calls, shop.gallery.fails_at = 0, cut
        with suppress(Unavailable):
            shop.inspect()
    shop.gallery.fails_at = 0
    shop.inspect()

    is_shown = good and status is not Status.ARCHIVED
    assert shop.gallery.shown.keys() == ({FILE} if is_shown else set())
    assert shop.upload.state is (State.ACCEPTED if is_shown else State.REFUSED)
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

    def finish(self) -> None:
        """If there were fewer calls: it happens afterwards."""
        if self._left > 0:
            self._meanwhile()


class _Calls:
    def __init__(self, of: Any, callback: Callable[[], None]) -> None:
        self._of, self._callback = of, callback

    def __getattr__(self, name: str) -> Any:
        def call(*given: Any) -> Any:
            self._callback()
            return getattr(self._of, name)(*given)

        return call


def inspect(shop: Shop, through: Callable[[Any], Any] = lambda of: of) -> None:
    products, uploads, gallery = map(through, (shop.products, shop.uploads, shop.gallery))
    Inspection(products, uploads, gallery, PillowRenderer()).inspect("teapot", "i1", NOW)


def remove(shop: Shop, through: Callable[[Any], Any] = lambda of: of) -> None:
    places = map(through, (shop.products, shop.uploads, shop.gallery))
    Images(*places).remove("teapot", "i1", NOW)


def post_again_and_inspect(shop: Shop) -> None:
    shop.gallery.upload("teapot", "i1", png("red"))
    inspect(shop)


@pytest.mark.parametrize("at", range(1, 13))
@pytest.mark.parametrize("begun", [inspect, remove])
@pytest.mark.parametrize("uploaded", [1, 2], ids=["once", "twice"])
def test_image_that_is_removed_during_its_inspection_is_gone(begun: Any, at: int, uploaded: int) -> None:
    shop = Shop()
    for colour in ("blue", "red")[:uploaded]:
        shop.gallery.upload("teapot", "i1", png(colour))
    meanwhile = remove if begun is inspect else inspect

    interrupted = Interrupted(at, lambda: meanwhile(shop))
    begun(shop, interrupted)
    interrupted.finish()
    for _ in range(2):
        inspect(shop)

    assert shop.teapot.images == ()
    assert not shop.gallery.shown
    assert not shop.waits


@pytest.mark.parametrize("at", range(1, 13))
@pytest.mark.parametrize("meanwhile", [remove, inspect, post_again_and_inspect])
@pytest.mark.parametrize("begun", [inspect, remove])
def test_product_has_the_images_that_are_served_whatever_coincides(begun: Any, meanwhile: Any, at: int) -> None:
    shop = Shop()
    shop.gallery.upload("teapot", "i1", PNG)

    interrupted = Interrupted(at, lambda: meanwhile(shop))
    begun(shop, interrupted)
    interrupted.finish()
    inspect(shop)

    assert {file for image in shop.teapot.images for file in image.files} == shop.gallery.shown.keys()
    if remove in {begun, meanwhile}:
        assert not shop.teapot.images
    assert not shop.waits


@given(cuts=st.lists(st.integers(1, 9), min_size=1, max_size=4), colours=st.lists(st.sampled_from(["red", "blue"])))
def test_what_was_served_at_a_key_never_changes(cuts: list[int], colours: list[str]) -> None:
    shop, served = Shop(), set[bytes]()
    for colour, cut in zip([*colours, "green"], [*cuts, 0], strict=False):
        shop.gallery.upload("teapot", "i1", png(colour))
        shop.gallery.calls, shop.gallery.fails_at = 0, cut
        with suppress(Unavailable):
            shop.inspect()
        served |= {content for content, _ in shop.gallery.shown.values()}

    assert len(served) <= 1


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
