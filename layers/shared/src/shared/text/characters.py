"""What a text may consist of, and the form in which texts that look the same are the same."""

import re
import unicodedata

_SPACES = re.compile("[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")  # Unicode's category Zs
_LINE_ENDS = frozenset({"Cc", "Zl", "Zp"})  # control characters, and Unicode's own line and paragraph separators
_NOTHING_TO_SEE = _LINE_ENDS | {"Cf", "Zs"}
_REORDERING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def normal_form(text: str) -> str:
    """Composed (NFC), with single spaces between its words and none at its ends. Line breaks stay where they are."""
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip(" ")


def clipped(text: str, length: int = 100) -> str:
    """What others have written, as an error may repeat it."""
    return text if len(text) <= length else text[:length] + "…"


def is_visible(text: str) -> bool:
    """Whether there is more to see than spaces and marks of width zero."""
    return any(unicodedata.category(character) not in _NOTHING_TO_SEE for character in text)


def is_line_end(character: str) -> bool:
    """Or another control character."""
    return unicodedata.category(character) in _LINE_ENDS


def is_control(character: str) -> bool:
    """Line breaks and tabs are writing."""
    return unicodedata.category(character) == "Cc" and character not in "\n\r\t"


def is_surrogate(character: str) -> bool:
    """Half a character: it can be neither stored nor shown."""
    return unicodedata.category(character) == "Cs"


def is_reordering(character: str) -> bool:
    """A mark, embedding, override or isolate of bidirectional text: what is read is not what is written."""
    return character in _REORDERING
