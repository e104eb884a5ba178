"""What pictures are shown without, and what stays of them."""

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms, PngImagePlugin

from commerce.images.domain.picture_metadata import without_metadata
from commerce.images.domain.pictures import PictureType, refusal_of

FORMATS = {PictureType.JPEG: "JPEG", PictureType.PNG: "PNG", PictureType.WEBP: "WEBP"}
NOISE = Image.effect_noise((24, 16), 60).convert("RGB")
COLOURS = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
SECRETS = (b"Elm Cottage", b"Camera of Ada", b"<x:xmpmeta")


def noted(type_: PictureType, way_up: int = 1, **how: Any) -> bytes:
    """A picture that tells where it was taken, by whom and with what."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0112], exif[0x010E] = "Camera of Ada", way_up, "Elm Cottage"
    exif.get_ifd(0x8825)[1] = "N"
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "Elm Cottage")
    by_type: dict[PictureType, dict[str, Any]] = {
        PictureType.JPEG: {"comment": b"Elm Cottage", "xmp": b"<x:xmpmeta>Elm Cottage</x:xmpmeta>"},
        PictureType.PNG: {"pnginfo": text},
        PictureType.WEBP: {"xmp": b"<x:xmpmeta>Elm Cottage</x:xmpmeta>", "lossless": True},
    }
    written = io.BytesIO()
    NOISE.save(written, FORMATS[type_], exif=exif, icc_profile=COLOURS, **by_type[type_], **how)
    return written.getvalue()


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


@pytest.mark.parametrize("type_", PictureType)
def test_notes_are_gone_and_pixels_and_colours_stay(type_: PictureType) -> None:
    content = noted(type_)
    assert any(secret in content for secret in SECRETS)

    shown = without_metadata(type_, content)

    assert not any(secret in shown for secret in SECRETS)
    assert not opened(shown).getexif()
    assert opened(shown).tobytes() == opened(content).tobytes()
    assert opened(shown).info["icc_profile"] == COLOURS
    assert refusal_of(type_.value, shown) is None


@pytest.mark.parametrize("type_", PictureType)
def test_picture_without_metadata_stays_as_it_is(type_: PictureType) -> None:
    shown = without_metadata(type_, noted(type_))

    assert without_metadata(type_, shown) == shown


@pytest.mark.parametrize("way_up", range(1, 9))
@pytest.mark.parametrize("how", [{}, {"progressive": True}], ids=["baseline", "progressive"])
def test_photograph_stays_the_right_way_up(way_up: int, how: dict[str, Any]) -> None:
    shown = without_metadata(PictureType.JPEG, noted(PictureType.JPEG, way_up, **how))

    assert dict(opened(shown).getexif()) == ({} if way_up == 1 else {0x0112: way_up})
    assert opened(shown).tobytes() == opened(noted(PictureType.JPEG, **how)).tobytes()


def test_what_follows_a_photograph_is_gone() -> None:
    content = noted(PictureType.JPEG)

    shown = without_metadata(PictureType.JPEG, content + b"\0\0ftypmp42 a film of Elm Cottage" + content)

    assert shown == without_metadata(PictureType.JPEG, content)


@given(nonsense=st.binary(max_size=60), order=st.sampled_from([b"II*\0", b"MM\0*", b""]))
def test_nonsense_in_the_place_of_notes_is_harmless(nonsense: bytes, order: bytes) -> None:
    data = b"Exif\0\0" + order + nonsense
    content = noted(PictureType.JPEG)
    content = content[:2] + b"\xff\xe1" + (len(data) + 2).to_bytes(2) + data + content[2:]

    assert opened(without_metadata(PictureType.JPEG, content)).size == NOISE.size
