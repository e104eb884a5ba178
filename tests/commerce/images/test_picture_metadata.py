"""What pictures are shown without, and what stays of them."""

import io
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageOps, PngImagePlugin

from commerce.images.domain.picture_metadata import without_metadata
from commerce.images.domain.pictures import Picture, PictureType, inspect_picture

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
    assert inspect_picture(type_, shown) == Picture(type_, *NOISE.size)


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
    width, height = ImageOps.exif_transpose(opened(shown)).size
    assert inspect_picture(PictureType.JPEG, shown) == Picture(PictureType.JPEG, width, height)


@pytest.mark.parametrize("type_", PictureType)
@pytest.mark.parametrize(
    "trailer", [b"\0", b"\n", b"PK\x03\x04", b"\0\0ftypmp42 a film of Elm Cottage", NOISE.tobytes()]
)
def test_what_follows_a_picture_is_gone(type_: PictureType, trailer: bytes) -> None:
    content = noted(type_)

    assert inspect_picture(type_, content + trailer) == Picture(type_, *NOISE.size)
    assert without_metadata(type_, content + trailer) == without_metadata(type_, content)


def test_parts_that_no_viewer_needs_are_gone() -> None:
    png, jpeg, webp = (noted(type_) for type_ in (PictureType.PNG, PictureType.JPEG, PictureType.WEBP))
    unknown = b"\0\0\0\x0bnoTeElm Cottage"
    unknown += zlib.crc32(unknown[4:]).to_bytes(4)
    riff = webp[12:] + b"NOTE\x0b\0\0\0Elm Cottage\0"

    for type_, content in (
        (PictureType.PNG, png[:33] + unknown + png[33:]),
        (PictureType.JPEG, jpeg[:2] + b"\xff\xf5\0\x0dElm Cottage" + jpeg[2:]),
        (PictureType.WEBP, b"RIFF" + (len(riff) + 4).to_bytes(4, "little") + b"WEBP" + riff),
    ):
        assert inspect_picture(type_, content) == Picture(type_, *NOISE.size)
        assert without_metadata(type_, content) == without_metadata(type_, noted(type_))


def test_animation_stays_without_what_hides_in_its_frames() -> None:
    written = io.BytesIO()
    NOISE.save(written, "WEBP", save_all=True, append_images=[ImageOps.invert(NOISE)], duration=100, lossless=True)
    content = written.getvalue()
    assert without_metadata(PictureType.WEBP, content) == content

    at = content.index(b"ANMF")
    size = int.from_bytes(content[at + 4 : at + 8], "little")
    end = at + 8 + size + size % 2
    frame = content[at + 8 : end] + b"NOTE\x0b\0\0\0Elm Cottage\0"
    riff = content[12:at] + b"ANMF" + len(frame).to_bytes(4, "little") + frame + content[end:]
    hiding = b"RIFF" + (len(riff) + 4).to_bytes(4, "little") + b"WEBP" + riff

    assert inspect_picture(PictureType.WEBP, hiding) == Picture(PictureType.WEBP, *NOISE.size)
    assert opened(without_metadata(PictureType.WEBP, hiding)).n_frames == 2  # type: ignore[attr-defined]
    assert b"Elm" not in without_metadata(PictureType.WEBP, hiding)


@given(nonsense=st.binary(max_size=60), order=st.sampled_from([b"II*\0", b"MM\0*", b""]))
def test_nonsense_in_the_place_of_notes_is_harmless(nonsense: bytes, order: bytes) -> None:
    data = b"Exif\0\0" + order + nonsense
    content = noted(PictureType.JPEG)
    content = content[:2] + b"\xff\xe1" + (len(data) + 2).to_bytes(2) + data + content[2:]

    assert opened(without_metadata(PictureType.JPEG, content)).size == NOISE.size
