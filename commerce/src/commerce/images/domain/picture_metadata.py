"""Rewrites pictures without metadata: place, time, camera, author, and whatever else no viewer needs."""

from commerce.images.domain.exif import EXIF_MARKER, orientation_in, orientation_segment
from commerce.images.domain.picture_parts import (
    JPEG_BEGINS,
    PNG_BEGINS,
    Part,
    anmf_parts,
    jpeg_parts,
    png_parts,
    webp_parts,
)
from commerce.images.domain.pictures import PictureType

# Lists of what stays, as text can be hidden in a part of any other name.
_PNG_PICTURE = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"bKGD", b"hIST", b"pHYs", b"sPLT", b"acTL", b"fcTL", b"fdAT"}
    | {b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"mDCV", b"cLLI"}  # colours
)
_JPEG_PICTURE = frozenset({*range(0xC0, 0xE0)} - {0xC8})  # frames, tables, scans, restarts, the end
_JFIF, _COLOURS, _ADOBE = 0xE0, 0xE2, 0xEE
_COLOURS_BEGIN = b"ICC_PROFILE\0"
_WEBP_PICTURE = frozenset({b"VP8X", b"ICCP", b"ANIM", b"ANMF", b"ALPH", b"VP8 ", b"VP8L"})
_WEBP_METADATA_FLAGS = 0x08 | 0x04  # EXIF and XMP, in VP8X


def without_metadata(type_: PictureType, content: bytes) -> bytes:
    """The picture with the same pixels, colours and orientation; anything after its end is removed too."""
    match type_:
        case PictureType.PNG:
            kept = (part.whole for part in png_parts(content).parts if part.name in _PNG_PICTURE)
            return PNG_BEGINS + b"".join(kept)
        case PictureType.JPEG:
            return _jpeg(content)
        case PictureType.WEBP:
            body = b"WEBP" + _riff(webp_parts(content).parts)
            return b"RIFF" + len(body).to_bytes(4, "little") + body


def _jpeg(content: bytes) -> bytes:
    kept, orientation = [], 1
    for marker, data, whole in jpeg_parts(content).parts:
        if marker == EXIF_MARKER:
            orientation = orientation_in(data) or orientation
        elif (
            marker in _JPEG_PICTURE
            or marker in {_JFIF, _ADOBE}
            or (marker == _COLOURS and data.startswith(_COLOURS_BEGIN))
        ):
            kept.append(whole)
    return JPEG_BEGINS + (orientation_segment(orientation) if orientation != 1 else b"") + b"".join(kept)


def _riff(parts: tuple[Part[bytes], ...]) -> bytes:
    chunks = []
    for name, data, whole in parts:
        if name == b"VP8X":
            chunks.append(whole[:8] + bytes([data[0] & ~_WEBP_METADATA_FLAGS]) + whole[9:])
        elif name == b"ANMF":
            header, within = anmf_parts(data)
            frame = header + _riff(within)
            chunks.append(name + len(frame).to_bytes(4, "little") + frame + bytes(len(frame) % 2))
        elif name in _WEBP_PICTURE:
            chunks.append(whole)
    return b"".join(chunks)
