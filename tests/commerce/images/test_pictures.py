"""What is a picture for the shop, and what only looks like one."""

import io
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from commerce.images.domain.pictures import MAX_BYTES, PictureType, Refusal, refusal_of, type_of

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
    assert refusal_of(type_.value, picture(type_, **how)) is None


def test_photograph_with_its_camera_s_notes_may_be_shown() -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "Camera", 6
    notes = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF><dc:title>A teapot</dc:title></rdf:RDF></x:xmpmeta>"
    content = picture(PictureType.JPEG, exif=exif, xmp=notes) + b"\0trailer of a telephone"

    assert refusal_of("image/jpeg", content) is None


@pytest.mark.parametrize("type_", PictureType)
@pytest.mark.parametrize("said", PictureType)
def test_picture_of_another_type_is_refused(type_: PictureType, said: PictureType) -> None:
    assert refusal_of(said.value, picture(type_)) is (None if said is type_ else Refusal.OTHER_TYPE)


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
    assert refusal_of(said.value, content) is Refusal.OTHER_TYPE


@pytest.mark.parametrize("said", ["image/svg+xml", "text/html", "", "IMAGE/PNG", "image/png; charset=utf-8"])
def test_other_types_are_refused(said: str) -> None:
    assert refusal_of(said, picture(PictureType.PNG)) is Refusal.UNKNOWN_TYPE


@pytest.mark.parametrize("markup", [b"<script>", b"<SCRIPT src=x>", b"<!DOCTYPE  html>", b"<svg onload=x>", b"<?php "])
def test_page_that_hides_in_a_picture_is_refused(markup: bytes) -> None:
    hidden = PngImagePlugin.PngInfo()
    hidden.add_text("Comment", markup.decode() + "alert(1)")
    riff = picture(PictureType.WEBP)
    odd = b"NOTE" + (len(markup) + len(markup) % 2).to_bytes(4, "little") + markup.ljust(len(markup) + len(markup) % 2)
    riff = riff[:4] + (len(riff) + len(odd) - 8).to_bytes(4, "little") + riff[8:] + odd

    assert refusal_of("image/png", picture(PictureType.PNG, pnginfo=hidden)) is Refusal.MARKUP
    assert refusal_of("image/jpeg", picture(PictureType.JPEG, comment=markup)) is Refusal.MARKUP
    assert refusal_of("image/jpeg", picture(PictureType.JPEG) + markup) is Refusal.MARKUP
    assert refusal_of("image/webp", riff) is Refusal.MARKUP


@pytest.mark.parametrize("type_", PictureType)
@given(share=st.floats(0.0, 0.98))
def test_picture_that_breaks_off_is_refused(type_: PictureType, share: float) -> None:
    content = picture(type_)

    assert refusal_of(type_.value, content[: int(len(content) * share)]) in {Refusal.BROKEN, Refusal.OTHER_TYPE}


@pytest.mark.parametrize("type_", [PictureType.PNG, PictureType.WEBP])
def test_picture_that_goes_on_behind_its_end_is_refused(type_: PictureType) -> None:
    assert refusal_of(type_.value, picture(type_) + b"PK\x03\x04") is Refusal.BROKEN


def test_altered_chunk_is_refused() -> None:
    content = bytearray(picture(PictureType.PNG))
    content[20] ^= 1

    assert refusal_of("image/png", bytes(content)) is Refusal.BROKEN


def test_chunks_that_are_no_picture_are_refused() -> None:
    begins = picture(PictureType.PNG)[:33]

    assert refusal_of("image/png", begins + chunk(b"IEND", b"")) is Refusal.BROKEN
    assert refusal_of("image/png", begins[:8] + chunk(b"IDAT", b"") + chunk(b"IEND", b"")) is Refusal.BROKEN


def test_picture_that_fills_a_memory_is_refused() -> None:
    size = (30_000).to_bytes(4, "big")
    header = chunk(b"IHDR", size + size + b"\x08\x02\0\0\0")
    content = picture(PictureType.PNG)
    jpeg = picture(PictureType.JPEG)
    frame = jpeg.index(b"\xff\xc0")

    assert refusal_of("image/png", content[:8] + header + content[33:]) is Refusal.TOO_MANY_PIXELS
    assert (
        refusal_of("image/jpeg", jpeg[: frame + 5] + b"\xff\xff\xff\xff" + jpeg[frame + 9 :]) is Refusal.TOO_MANY_PIXELS
    )


def webp(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"WEBP" + b"".join(name + len(data).to_bytes(4, "little") + data for name, data in chunks)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


CANVAS = (b"VP8X", bytes(10))  # of one pixel
PIXELS = (b"VP8L", b"\x2f" + bytes(5))


def test_canvas_without_a_picture_is_refused() -> None:
    assert refusal_of("image/webp", webp(CANVAS, PIXELS)) is None
    assert refusal_of("image/webp", webp(CANVAS)) is Refusal.BROKEN


def test_picture_that_is_larger_than_it_begins_with_is_refused() -> None:
    content = picture(PictureType.PNG)
    huge = (b"VP8L", b"\x2f" + b"\xff" * 5)

    assert refusal_of("image/webp", webp(CANVAS, huge)) is Refusal.TOO_MANY_PIXELS
    assert refusal_of("image/png", content[:33] + content[8:]) is Refusal.BROKEN
    assert refusal_of("image/png", content[:8] + chunk(b"IHDR", content[16:24]) + content[33:]) is Refusal.BROKEN


def test_picture_without_pixels_is_refused() -> None:
    jpeg = picture(PictureType.JPEG)
    frame = jpeg.index(b"\xff\xc0")

    assert refusal_of("image/jpeg", jpeg[: frame + 5] + bytes(4) + jpeg[frame + 9 :]) is Refusal.BROKEN


def test_large_upload_is_refused() -> None:
    assert refusal_of("image/jpeg", picture(PictureType.JPEG) + bytes(MAX_BYTES)) is Refusal.TOO_LARGE


@given(begins=st.sampled_from([picture(type_)[:40] for type_ in PictureType]), more=st.binary(max_size=200))
def test_any_bytes_get_an_answer(begins: bytes, more: bytes) -> None:
    for cut in (4, 12, 40):
        content = begins[:cut] + more
        said = type_of(content)
        if said is not None:
            assert refusal_of(said.value, content) in {None, *Refusal}
