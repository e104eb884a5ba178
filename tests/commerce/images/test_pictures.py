"""What is a picture for the shop, and what only looks like one."""

import io
import zlib
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from commerce.images.domain.picture_metadata import without_metadata
from commerce.images.domain.picture_parts import PNG_BEGINS
from commerce.images.domain.pictures import MAX_BYTES, Flaw, Picture, PictureType, inspect_picture, type_of

FORMATS = {PictureType.JPEG: "JPEG", PictureType.PNG: "PNG", PictureType.WEBP: "WEBP"}


def picture(type_: PictureType, size: tuple[int, int] = (24, 16), mode: str = "RGB", **how: Any) -> bytes:
    drawn, written = Image.effect_noise(size, 60).convert(mode), io.BytesIO()
    drawn.save(written, FORMATS[type_], **how)
    return written.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")


@pytest.mark.parametrize(
    ("type_", "how"),
    [
        (PictureType.JPEG, {}),
        (PictureType.JPEG, {"progressive": True, "comment": b"a teapot"}),
        (PictureType.JPEG, {"mode": "L", "quality": 5}),
        (PictureType.JPEG, {"mode": "CMYK"}),
        (PictureType.PNG, {}),
        (PictureType.PNG, {"mode": "P"}),
        (PictureType.PNG, {"mode": "RGBA"}),
        (PictureType.WEBP, {}),
        (PictureType.WEBP, {"lossless": True}),
        (PictureType.WEBP, {"mode": "RGBA"}),
        (PictureType.WEBP, {"mode": "RGBA", "lossless": True, "exif": Image.Exif().tobytes()}),
        (PictureType.WEBP, {"size": (1, 1)}),
    ],
    ids=str,
)
def test_pictures_may_be_shown(type_: PictureType, how: dict[str, Any]) -> None:
    size = how.get("size", (24, 16))
    assert inspect_picture(type_, picture(type_, **how)) == Picture(type_, *size)


def test_photograph_with_its_camera_s_notes_may_be_shown() -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "Camera", 6
    notes = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF><dc:title>A teapot</dc:title></rdf:RDF></x:xmpmeta>"
    content = picture(PictureType.JPEG, exif=exif, xmp=notes) + b"\0trailer of a telephone"

    assert inspect_picture(PictureType.JPEG, content) == Picture(PictureType.JPEG, 16, 24)


@pytest.mark.parametrize("type_", PictureType)
@pytest.mark.parametrize("said", PictureType)
def test_picture_of_another_type_is_refused(type_: PictureType, said: PictureType) -> None:
    assert inspect_picture(said, picture(type_)) == (Picture(type_, 24, 16) if said is type_ else Flaw.OTHER_TYPE)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x89PNG",
        b"<html><script>alert(1)</script>",
        b"GIF89a" + b"\0" * 20,
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7",
        b"PK\x03\x04",
        b"MZ" + b"\0" * 60,
    ],
    ids=str,
)
@pytest.mark.parametrize("said", PictureType)
def test_what_is_no_picture_is_refused(content: bytes, said: PictureType) -> None:
    assert inspect_picture(said, content) is Flaw.OTHER_TYPE


MARKUP = [b"<script>", b"<SCRIPT src=x>", b"<!DOCTYPE  html>", b"<svg onload=x>", b"<?php ", b'<%@ Page Language="C#">']


@pytest.mark.parametrize("markup", [*MARKUP, b"<%@"])
def test_pixels_that_happen_to_spell_markup_are_no_page(markup: bytes) -> None:
    """As they do in one of three noisy pictures of 5 MB, where `<%@` is enough."""
    rows = zlib.compress(b"".join(b"\0" + (markup * 100)[:300] for _ in range(100)), level=0)
    header = chunk(b"IHDR", bytes([0, 0, 0, 100, 0, 0, 0, 100, 8, 2, 0, 0, 0]))
    png = PNG_BEGINS + header + chunk(b"IDAT", rows) + chunk(b"fdAT", bytes(4) + rows) + chunk(b"IEND", b"")
    jpeg = bytearray(picture(PictureType.JPEG, (200, 200)))
    lossy = bytearray(picture(PictureType.WEBP, (200, 200)))
    lossless = bytearray(picture(PictureType.WEBP, (200, 200), lossless=True))
    for compressed in (jpeg, lossy, lossless):  # its middle may be any bytes
        middle = len(compressed) // 2
        compressed[middle : middle + len(markup)] = markup

    for type_, content in (
        (PictureType.PNG, png),
        (PictureType.JPEG, bytes(jpeg)),
        (PictureType.WEBP, bytes(lossy)),
        (PictureType.WEBP, bytes(lossless)),
    ):
        assert markup in content
        assert isinstance(inspect_picture(type_, content), Picture)


def test_largest_noise_may_be_shown() -> None:
    noise = Random(9).randbytes(1280 * 1280 * 3)  # noqa: S311
    assert b"<%@" in noise

    written = io.BytesIO()
    Image.frombytes("RGB", (1280, 1280), noise).save(written, "PNG", compress_level=0)

    assert 4_900_000 < len(written.getvalue()) < MAX_BYTES
    assert inspect_picture(PictureType.PNG, written.getvalue()) == Picture(PictureType.PNG, 1280, 1280)


@given(colours=st.binary(min_size=8, max_size=400))
def test_colour_profile_is_no_page_by_chance(colours: bytes) -> None:
    profile = b"<%@" + bytes(each & 0x7F if each < 0x20 else each | 0x80 for each in colours)

    for type_ in PictureType:
        assert isinstance(inspect_picture(type_, picture(type_, icc_profile=profile)), Picture)


@pytest.mark.parametrize("markup", MARKUP)
def test_page_that_hides_in_a_picture_is_refused(markup: bytes) -> None:
    hidden = PngImagePlugin.PngInfo()
    hidden.add_text("Comment", markup.decode() + "alert(1)")
    riff = picture(PictureType.WEBP)
    odd = b"NOTE" + (len(markup) + len(markup) % 2).to_bytes(4, "little") + markup.ljust(len(markup) + len(markup) % 2)
    riff = riff[:4] + (len(riff) + len(odd) - 8).to_bytes(4, "little") + riff[8:] + odd

    assert inspect_picture(PictureType.PNG, picture(PictureType.PNG, pnginfo=hidden)) is Flaw.MARKUP
    assert inspect_picture(PictureType.JPEG, picture(PictureType.JPEG, comment=markup)) is Flaw.MARKUP
    for type_ in PictureType:
        assert inspect_picture(type_, picture(type_) + markup) is Flaw.MARKUP
    for type_ in (PictureType.JPEG, PictureType.WEBP):
        assert inspect_picture(type_, picture(type_, icc_profile=bytes(100) + markup)) is Flaw.MARKUP
    assert inspect_picture(PictureType.WEBP, riff) is Flaw.MARKUP


@pytest.mark.parametrize("type_", PictureType)
@given(share=st.floats(0.0, 0.98))
def test_picture_that_breaks_off_is_refused(type_: PictureType, share: float) -> None:
    content = picture(type_)

    assert inspect_picture(type_, content[: int(len(content) * share)]) in {Flaw.BROKEN, Flaw.OTHER_TYPE}


def test_altered_chunk_is_refused() -> None:
    content = bytearray(picture(PictureType.PNG))
    content[20] ^= 1

    assert inspect_picture(PictureType.PNG, bytes(content)) is Flaw.BROKEN


def test_chunks_that_are_no_picture_are_refused() -> None:
    begins = picture(PictureType.PNG)[:33]

    assert inspect_picture(PictureType.PNG, begins + chunk(b"IEND", b"")) is Flaw.BROKEN
    assert inspect_picture(PictureType.PNG, begins[:8] + chunk(b"IDAT", b"") + chunk(b"IEND", b"")) is Flaw.BROKEN


def test_picture_that_fills_a_memory_is_refused() -> None:
    size = (30_000).to_bytes(4, "big")
    header = chunk(b"IHDR", size + size + b"\x08\x02\0\0\0")
    content = picture(PictureType.PNG)
    jpeg = picture(PictureType.JPEG)
    frame = jpeg.index(b"\xff\xc0")

    assert inspect_picture(PictureType.PNG, content[:8] + header + content[33:]) is Flaw.TOO_MANY_PIXELS
    assert (
        inspect_picture(PictureType.JPEG, jpeg[: frame + 5] + b"\xff\xff\xff\xff" + jpeg[frame + 9 :])
        is Flaw.TOO_MANY_PIXELS
    )


def webp(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"WEBP" + b"".join(name + len(data).to_bytes(4, "little") + data for name, data in chunks)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


CANVAS = (b"VP8X", bytes(10))  # of one pixel
PIXELS = (b"VP8L", b"\x2f" + bytes(5))


def test_canvas_without_a_picture_is_refused() -> None:
    assert inspect_picture(PictureType.WEBP, webp(CANVAS, PIXELS)) == Picture(PictureType.WEBP, 1, 1)
    assert inspect_picture(PictureType.WEBP, webp(CANVAS)) is Flaw.BROKEN


def test_picture_that_is_larger_than_it_begins_with_is_refused() -> None:
    content = picture(PictureType.PNG)
    huge = (b"VP8L", b"\x2f" + b"\xff" * 5)

    assert inspect_picture(PictureType.WEBP, webp(CANVAS, huge)) is Flaw.TOO_MANY_PIXELS
    assert inspect_picture(PictureType.PNG, content[:33] + content[8:]) is Flaw.BROKEN
    assert inspect_picture(PictureType.PNG, content[:8] + chunk(b"IHDR", content[16:24]) + content[33:]) is Flaw.BROKEN


def test_picture_without_pixels_is_refused() -> None:
    jpeg = picture(PictureType.JPEG)
    frame = jpeg.index(b"\xff\xc0")

    assert inspect_picture(PictureType.JPEG, jpeg[: frame + 5] + bytes(4) + jpeg[frame + 9 :]) is Flaw.BROKEN


def test_large_upload_is_refused() -> None:
    assert inspect_picture(PictureType.JPEG, picture(PictureType.JPEG) + bytes(MAX_BYTES)) is Flaw.TOO_LARGE


def animation() -> bytes:
    drawn, written = Image.effect_noise((24, 16), 60).convert("RGB"), io.BytesIO()
    drawn.save(written, "WEBP", save_all=True, append_images=[drawn.rotate(180)], duration=100)
    return written.getvalue()


WHOLE = [
    *((type_, picture(type_)) for type_ in PictureType),
    (PictureType.JPEG, picture(PictureType.JPEG, progressive=True, exif=Image.Exif().tobytes())),
    (PictureType.WEBP, picture(PictureType.WEBP, mode="RGBA", icc_profile=bytes(40))),
    (PictureType.WEBP, animation()),
]


@given(
    whole=st.sampled_from(WHOLE),
    at=st.floats(0, 1, exclude_max=True),
    removed=st.integers(0, 30),
    put=st.binary(max_size=30),
)
def test_altered_picture_gets_an_answer_and_its_remains_can_be_shown(
    whole: tuple[PictureType, bytes], at: float, removed: int, put: bytes
) -> None:
    type_, content = whole
    begin = int(at * len(content))
    altered = content[:begin] + put + content[begin + removed :]

    found = inspect_picture(type_, altered)

    if isinstance(found, Picture):
        assert inspect_picture(type_, without_metadata(type_, altered)) == found


@pytest.mark.parametrize("chunk", [(b"VP8X", b""), (b"VP8X", bytes(9)), (b"ANMF", bytes(15))])
def test_chunk_without_its_content_is_refused(chunk: tuple[bytes, bytes]) -> None:
    assert inspect_picture(PictureType.WEBP, webp(chunk, PIXELS)) is Flaw.BROKEN


@given(begins=st.sampled_from([picture(type_)[:40] for type_ in PictureType]), more=st.binary(max_size=200))
def test_any_bytes_get_an_answer(begins: bytes, more: bytes) -> None:
    for cut in (4, 12, 40):
        content = begins[:cut] + more
        said = type_of(content)
        if said is not None:
            found = inspect_picture(said, content)
            assert isinstance(found, Picture | Flaw)
            if isinstance(found, Picture):
                assert inspect_picture(said, without_metadata(said, content)) == found
