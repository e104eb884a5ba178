"""An upload at which looking is cut off, or during which something else happens."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.catalogue.domain.products import Status
from commerce.images.adapters.pillow_renderer import PillowRenderer
from commerce.images.domain.images import Images
from commerce.images.domain.inspection import Inspection
from commerce.images.domain.uploads import State
from shared.errors import Unavailable
from tests.commerce.examples import NOW
from tests.commerce.images.shop import FILE, PNG, SHOWN, Shop, png


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
