"""What is made of pictures of each type, and of whatever else is uploaded as one."""

import io
import zlib
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, PngImagePlugin

from commerce.images.adapters.pillow_renderer import PillowRenderer
from commerce.images.domain.pictures import Flaw, PictureType, Rendered, type_of

each_type = pytest.mark.parametrize("type_", PictureType)


def written(picture: Image.Image, type_: PictureType = PictureType.PNG, **how: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, type_.name, **how)
    return out.getvalue()


def drawing(width: int = 60, height: int = 40, mode: str = "RGB") -> Image.Image:
    """Red above blue."""
    picture = Image.new("RGB", (width, height), "red")
    picture.paste("blue", (0, height // 2, width, height))
    return picture.convert(mode)


def rendered(content: bytes, type_: PictureType = PictureType.PNG) -> Rendered:
    made = PillowRenderer().render(type_, content)
    assert isinstance(made, Rendered), made
    return made


def shown(made: Rendered, width: int = 320) -> Image.Image:
    picture = Image.open(io.BytesIO(made.files[width]))
    picture.load()
    assert picture.format == "WEBP"
    assert not picture.info.keys() & {"exif", "icc_profile", "xmp"}
    assert not picture.getexif()
    return picture


def is_about(picture: Image.Image, x: int, y: int, *colour: int) -> bool:
    found = picture.convert("RGB").getpixel((x, y))
    assert isinstance(found, tuple)
    return all(abs(int(seen) - wanted) < 40 for seen, wanted in zip(found, colour, strict=True))


@each_type
def test_picture_of_each_type_is_shown_in_three_widths(type_: PictureType) -> None:
    made = rendered(written(drawing(2000, 1000), type_), type_)

    assert (made.width, made.height) == (2000, 1000)
    assert {width: shown(made, width).size for width in made.files} == {
        320: (320, 160),
        800: (800, 400),
        1600: (1600, 800),
    }
    assert is_about(shown(made), 100, 10, 255, 0, 0)
    assert is_about(shown(made), 100, 150, 0, 0, 255)


@pytest.mark.parametrize(
    ("width", "widths"),
    [(1, {320: 1}), (320, {320: 320}), (321, {320: 320, 800: 321}), (1600, {320: 320, 800: 800, 1600: 1600})],
)
def test_no_picture_is_enlarged(width: int, widths: dict[int, int]) -> None:
    made = rendered(written(drawing(width, 10)))
    assert {each: shown(made, each).width for each in made.files} == widths


def test_same_picture_gives_the_same_files() -> None:
    content = written(drawing())
    assert rendered(content) == rendered(content)


@pytest.mark.parametrize("type_", [each for each in PictureType if each is not PictureType.GIF])  # which has no EXIF
def test_photograph_is_upright_and_says_nothing_of_where_it_was_taken(type_: PictureType) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright
    exif[0x010E] = "Elm Cottage"

    made = rendered(written(drawing(900, 600), type_, exif=exif), type_)

    assert (made.width, made.height) == (600, 900)
    assert {width: shown(made, width).size for width in made.files} == {320: (320, 480), 800: (600, 900)}
    assert is_about(shown(made), 310, 240, 255, 0, 0)
    assert is_about(shown(made), 10, 240, 0, 0, 255)
    assert all(b"Elm Cottage" not in file for file in made.files.values())


def test_script_beside_the_pixels_is_not_served() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "<script>alert(1)</script>")
    made = rendered(written(drawing(), pnginfo=notes) + b"<script>alert(2)</script>")
    assert all(b"script" not in file for file in made.files.values())


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_mode_of_png_is_shown(mode: str) -> None:
    picture = Image.new("I;16", (60, 40), 200 * 256) if mode == "I;16" else drawing(mode=mode)
    seen = shown(rendered(written(picture)))
    assert seen.size == (60, 40)
    if mode == "I;16":
        assert is_about(seen, 5, 5, 200, 200, 200)


def test_transparency_stays() -> None:
    picture = drawing(mode="RGBA")
    picture.putalpha(Image.new("L", picture.size, 0))
    assert shown(rendered(written(picture))).convert("RGBA").getpixel((5, 5))[3] == 0  # type: ignore[index]  # of RGBA, a tuple


def test_print_colours_are_shown_as_the_webs() -> None:
    made = rendered(written(drawing(mode="CMYK"), PictureType.JPEG), PictureType.JPEG)
    assert is_about(shown(made), 5, 5, 255, 0, 0)


@pytest.mark.parametrize(
    "profile", [b"no profile at all", ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()]
)
def test_unsound_colour_profile_is_left_out(profile: bytes) -> None:
    assert is_about(shown(rendered(written(drawing(), icc_profile=profile))), 5, 5, 255, 0, 0)


def test_animation_is_shown_by_its_first_frame() -> None:
    frames = [Image.new("RGB", (20, 20), "red"), Image.new("RGB", (20, 20), "blue")]
    for type_ in (PictureType.GIF, PictureType.WEBP):
        made = rendered(written(frames[0], type_, save_all=True, append_images=frames[1:]), type_)
        assert is_about(shown(made), 5, 5, 255, 0, 0)
        assert getattr(shown(made), "n_frames", 1) == 1


def test_narrow_and_tall_pictures_fit_into_a_webp() -> None:
    assert shown(rendered(written(drawing(1000, 40_000))), 800).height == 16_383
    assert shown(rendered(written(drawing(40_000, 2))), 1600).size == (1600, 1)


def a_png_of(width: int, height: int) -> bytes:
    """A small file that says so."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4)

    header = width.to_bytes(4) + height.to_bytes(4) + b"\x08\x02\x00\x00\x00"
    pixels = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(10_000, 5_001), (13_000, 7_000), (30_000, 30_000), (2**31 - 1, 2**31 - 1)])
def test_picture_of_too_many_pixels_is_not_decoded(size: tuple[int, int]) -> None:
    assert PillowRenderer().render(PictureType.PNG, a_png_of(*size)) is Flaw.TOO_MANY_PIXELS


@each_type
def test_other_bytes_than_the_forms_type_are_refused(type_: PictureType) -> None:
    others = {other: written(drawing(), other) for other in PictureType if other is not type_}
    heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"
    for content in (*others.values(), heic, b"<html><script>", b""):
        assert PillowRenderer().render(type_, content) is Flaw.OTHER_TYPE
    assert all(type_of(content) is other for other, content in others.items())


WHOLE = {type_: written(drawing(), type_) for type_ in PictureType}
EMPTY_VP8X = b"RIFF\x0c\x00\x00\x00WEBPVP8X\x00\x00\x00\x00"
changes = st.lists(st.tuples(st.integers(0, 10_000), st.binary(min_size=1, max_size=4)), max_size=6)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(type_=st.sampled_from(PictureType), changes=changes, length=st.integers(0, 10_000))
@example(type_=PictureType.WEBP, changes=[(0, EMPTY_VP8X)], length=len(EMPTY_VP8X))
def test_whatever_is_uploaded_there_is_a_verdict(
    type_: PictureType, changes: list[tuple[int, bytes]], length: int
) -> None:
    """Pictures with bytes changed, and cut off: in the header, in the middle, or at the end."""
    content = bytearray(WHOLE[type_])
    for at, data in changes:
        at %= len(content)
        content[at : at + len(data)] = data
    content = content[: length or None]

    assert isinstance(PillowRenderer().render(type_, bytes(content)), Rendered | Flaw)


@each_type
def test_half_a_picture_is_broken(type_: PictureType) -> None:
    whole = written(Image.effect_noise((400, 300), 80).convert("RGB"), type_)
    assert PillowRenderer().render(type_, whole[: len(whole) // 2]) is Flaw.BROKEN
