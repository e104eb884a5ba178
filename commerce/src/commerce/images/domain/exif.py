"""The orientation of a photograph, which is all that is kept of its EXIF."""

EXIF = b"Exif\0\0"
EXIF_MARKER = 0xE1

_ORIENTATION = 0x0112


def orientation_in(segment: bytes) -> int | None:
    """From the data of an EXIF segment, 1 to 8; 1, upright, if it has none or an invalid one. None: it is no EXIF."""
    if not segment.startswith(EXIF):
        return None
    exif = segment[len(EXIF) :]
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


def orientation_segment(orientation: int) -> bytes:
    """An EXIF segment with the orientation only."""
    entry = _ORIENTATION.to_bytes(2) + b"\0\x03\0\0\0\x01" + orientation.to_bytes(2) + b"\0\0"
    data = EXIF + b"MM\0*\0\0\0\x08\0\x01" + entry + b"\0\0\0\0"
    return b"\xff\xe1" + (len(data) + 2).to_bytes(2) + data
