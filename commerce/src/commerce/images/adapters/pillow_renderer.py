"""Pictures decoded and written anew by Pillow, which only the layer of pictures contains."""

from contextlib import suppress
from io import BytesIO

# Loaded with the function: otherwise the first picture would load the plugins of all formats that Pillow reads.
from PIL import (
    AvifImagePlugin,  # noqa: F401  loaded only
    ExifTags,
    GifImagePlugin,  # noqa: F401  loaded only
    Image,
    ImageCms,
    ImageOps,
    JpegImagePlugin,  # noqa: F401  loaded only
    PngImagePlugin,  # noqa: F401  loaded only
    WebPImagePlugin,  # noqa: F401  loaded only
)

from commerce.catalogue.domain.products import widths_of
from commerce.images.domain.pictures import MAX_PIXELS, Flaw, PictureType, Rendered, type_of

_FORMATS = {type_: type_.name for type_ in PictureType}
_QUALITY = 82
_MAX_SIDE = 16_383  # of a WebP
_ON_ITS_SIDE = range(5, 9)  # orientations
_NOTHING = {"exif": b"", "icc_profile": b"", "xmp": b""}  # otherwise Pillow writes what it has read


class PillowRenderer:
    def render(self, type_: PictureType, content: bytes) -> Rendered | Flaw:
        """Of animations, the first frame. Of 50 million pixels, about a second of a CPU."""
        if type_of(content) is not type_:
            return Flaw.OTHER_TYPE
        try:
            with Image.open(BytesIO(content), formats=[_FORMATS[type_]]) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    return Flaw.TOO_MANY_PIXELS
                return _rendered(picture)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            return Flaw.TOO_MANY_PIXELS
        except Exception:  # noqa: BLE001  its decoders raise errors of a dozen kinds, SyntaxError among them
            return Flaw.BROKEN


def _rendered(picture: Image.Image) -> Rendered:
    width, height = picture.size
    is_on_its_side = picture.getexif().get(ExifTags.Base.Orientation) in _ON_ITS_SIDE
    if is_on_its_side:
        width, height = height, width
    widths = widths_of(width)
    largest = _box(widths[-1], is_on_its_side)
    picture.draft(None, (2 * largest[0], 2 * largest[1]))  # a JPEG can be decoded at half its size, or a quarter
    coloured = _coloured(picture)
    coloured.thumbnail(largest, reducing_gap=2)
    upright = _in_srgb(ImageOps.exif_transpose(coloured))
    return Rendered(width, height, {each: _webp(upright, each) for each in widths})


def _box(width: int, is_on_its_side: bool) -> tuple[int, int]:
    return (_MAX_SIDE, width) if is_on_its_side else (width, _MAX_SIDE)


def _coloured(picture: Image.Image) -> Image.Image:
    """In a mode that can be scaled smoothly: a palette's numbers cannot."""
    if picture.mode.startswith("I"):  # 16 bits of grey, of which 8 are shown
        return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L").convert("RGB")
    if picture.has_transparency_data:
        return picture.convert("RGBA")
    return picture.copy() if picture.mode in {"RGB", "CMYK"} else picture.convert("RGB")


def _in_srgb(picture: Image.Image) -> Image.Image:
    """Cameras and printers use other colours than the web; without a sound profile, these are sRGB's."""
    mode = "RGBA" if picture.mode == "RGBA" else "RGB"
    if profile := picture.info.get("icc_profile"):
        with suppress(ImageCms.PyCMSError, OSError, TypeError, ValueError):
            theirs = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted = ImageCms.profileToProfile(picture, theirs, ImageCms.createProfile("sRGB"), outputMode=mode)
            if converted is not None:
                return converted
    return picture.convert(mode)


def _webp(picture: Image.Image, width: int) -> bytes:
    scaled, written = picture.copy(), BytesIO()
    scaled.thumbnail((width, _MAX_SIDE))
    scaled.save(written, "WEBP", quality=_QUALITY, **_NOTHING)
    return written.getvalue()
