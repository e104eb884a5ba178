"""What an SMS costs: it travels in parts, each paid for, of as many characters as its alphabet allows.

GSM 03.38 with its extension table has 160 characters in one part, 153 in each of several; a single character outside of
it makes the whole message UCS-2, with 70 and 67. An extended character and one outside of the Basic Multilingual Plane
take two places, which no part boundary separates.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from communications.users.domain.addresses import E164

MAX_PARTS = 4
"""Longer texts belong into mail."""
_MORE = "..."
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")

type Alphabet = Literal["GSM-7", "UCS-2"]


@dataclass(frozen=True, slots=True)
class Parts:
    alphabet: Alphabet
    count: int


def parts_of(text: str) -> Parts:
    if all(character in _BASIC or character in _EXTENDED for character in text):
        places = [2 if character in _EXTENDED else 1 for character in text]
        return Parts("GSM-7", _count(places, alone=160, each=153))
    places = [2 if ord(character) > 0xFFFF else 1 for character in text]
    return Parts("UCS-2", _count(places, alone=70, each=67))


def shortened(text: str) -> str:
    """The text, or as many of its words as MAX_PARTS have room for, and dots; of an endless word, its beginning."""
    if parts_of(text).count <= MAX_PARTS:
        return text
    length = bisect_right(range(len(text)), MAX_PARTS, key=lambda length: parts_of(text[:length] + _MORE).count) - 1
    kept = text[:length]
    words = kept if text[length].isspace() else kept.rpartition(" ")[0]
    return (words if 2 * len(words) > length else kept).rstrip() + _MORE


def is_phone_number(text: str) -> bool:
    """Whether it is a number as E.164 has it, such as +447700900123."""
    return re.fullmatch(E164, text) is not None


def _count(places: Iterable[int], *, alone: int, each: int) -> int:
    counted = list(places)
    if sum(counted) <= alone:
        return 1
    count, used = 1, 0
    for width in counted:
        if used + width > each:
            count, used = count + 1, 0
        used += width
    return count
