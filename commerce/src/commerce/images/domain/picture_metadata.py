"""Removes metadata from pictures: place, time, camera, author."""

from commerce.images.domain.picture_parts import JPEG_BEGINS, PNG_BEGINS, jpeg_parts, png_parts, webp_parts
from commerce.images.domain.pictures import PictureType

_PNG_METADATA = frozenset({b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME"})
_WEBP_METADATA = {b"EXIF": 0x08, b"XMP ": 0x04}  # with their flags in VP8X
_EXIF, _COLOURS = b"Exif\0\0", b"ICC_PROFILE\0"
_APPLICATIONS = range(0xE0, 0xF0)
_JFIF, _EXIF_MARKER, _COLOUR_MARKER, _ADOBE, _COMMENT = 0xE0, 0xE1, 0xE2, 0xEE, 0xFE
_ORIENTATION = 0x0112


def without_metadata(type_: PictureType, content: bytes) -> bytes:
    """The picture with the same pixels, colours and orientation; anything after its end is removed too."""
    match type_:
        case PictureType.PNG:
            return PNG_BEGINS + b"".join(part.whole for part in png_parts(content) if part.name not in _PNG_METADATA)
        case PictureType.JPEG:
            return _jpeg(content)
        case PictureType.WEBP:
            return _webp(content)


def _jpeg(content: bytes) -> bytes:
    kept, orientation = [], 1
    for marker, data, whole in jpeg_parts(content):
        if marker == _EXIF_MARKER and data.startswith(_EXIF):
            orientation = _orientation(data[len(_EXIF) :])
        is_needed = marker in {_JFIF, _ADOBE} or (marker == _COLOUR_MARKER and data.startswith(_COLOURS))
        if is_needed or marker not in {*_APPLICATIONS, _COMMENT}:
            kept.append(whole)
    return JPEG_BEGINS + (_orientation_segment(orientation) if orientation != 1 else b"") + b"".join(kept)


def _orientation(exif: bytes) -> int:
    """EXIF's orientation, 1 to 8; 1, upright, if there is none or it is invalid."""
    if exif[:2] not in {b"II", b"MM"}:
        return 1

    def number(at: int, length: int) -> int:
        return int.from_bytes(exif[at : at + length], "little" if exif.startswith(b"II") else "big")

    entries = number(4, 4)
    for at in range(entries + 2, min(entries + 2 + 12 * number(entries, 2), len(exif)), 12):
        if number(at, 2) == _ORIENTATION:
            found = number(at + 8, 2)
            return found if 1 <= found <= 8 else 1
    return 1


def _orientation_segment(orientation: int) -> bytes:
    """An EXIF segment with the orientation only."""
    entry = _ORIENTATION.to_bytes(2) + b"\0\x03\0\0\0\x01" + orientation.to_bytes(2) + b"\0\0"
    data = _EXIF + b"MM\0*\0\0\0\x08\0\x01" + entry + b"\0\0\0\0"
    return b"\xff\xe1" + (len(data) + 2).to_bytes(2) + data


def _webp(content: bytes) -> bytes:
    parts = list(webp_parts(content))
    chunks = []
    for name, data, whole in parts:
        if name == b"VP8X":
            flags = data[0] & ~sum(_WEBP_METADATA.values())
            chunks.append(whole[:8] + bytes([flags]) + whole[9:])
        elif name not in _WEBP_METADATA:
            chunks.append(whole)
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + len(body).to_bytes(4, "little") + body
