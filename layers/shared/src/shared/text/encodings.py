"""Text in whatever encoding: spreadsheets save it in UTF-8, UTF-16 or Windows-1252, and rarely say which."""

import codecs
import re

_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CHARSETS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "utf-8",
    "utf-16": "utf-16-le",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
    "windows-1252": "cp1252",
    "cp1252": "cp1252",
    "iso-8859-1": "cp1252",  # as browsers read it
    "latin1": "cp1252",
}
_CHARACTER_OF_UTF8 = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xe0[\xa0-\xbf][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}"
)


def is_charset(name: str) -> bool:
    """Whether `decoded` reads it."""
    return name.lower() in _CHARSETS


def decoded(content: bytes, charset: str = "") -> str:
    """The text, without a byte order mark, which says more than `charset`. What cannot be read is U+FFFD.

    Without either, it is UTF-8; or Windows-1252, if it is not, and nothing in it looks like a character of UTF-8.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, errors="replace")
    if charset:
        return content.decode(_CHARSETS[charset.lower()], errors="replace")
    try:
        return content.decode()
    except UnicodeDecodeError:
        encoding = "utf-8" if _CHARACTER_OF_UTF8.search(content) else "cp1252"
        return content.decode(encoding, errors="replace")
