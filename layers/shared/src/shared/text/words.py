"""The words of a text, normalized: without case, accents, vowel points and the commonest English endings.

Marks without which a word is another one belong to it, such as the vowels of Devanagari and the tones of Thai. Format
characters such as soft hyphens do not: a word is the same with and without them.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

# In a query these count only where there are no other words.
_STOP_WORDS = """
    a about am an and any are as at be by can do for from how i if in is it me my of on or our so that the this to
    us we what when where with you your
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())

# Letters with strokes, and ligatures, which Unicode does not decompose.
_LATIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ı": "i", "ŋ": "n", "æ": "ae", "œ": "oe", "þ": "th"}
)

_FORMATS = (  # Unicode's category Cf
    "\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f"
    "\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0001\U000e0020-\U000e007f"
)
_OPTIONAL_MARKS = (
    "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"  # accents of Latin, Greek, Cyrillic
    "\u0483-\u0489\u2de0-\u2dff\ua66f-\ua672\ua674-\ua67d\ua69e\ua69f"  # old Cyrillic
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\ufb1e"  # points of Hebrew
    "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0898-\u089f\u08ca-\u08e1"
    "\u08e3-\u08ff\U00010efd-\U00010eff\u0640"  # points of Arabic, and the line that stretches words
    "\u0711\u0730-\u074a\u0816-\u0819\u081b-\u0823\u0825-\u0827\u0829-\u082d\u0859-\u085b"  # Syriac, Samaritan, Mandaic
    "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"  # variants of glyphs
)
DROPPED = _FORMATS + _OPTIONAL_MARKS
"""What is no part of a word, as ranges of a regular expression."""

_DROPPED = re.compile(f"[{DROPPED}]+")

_MARK, _LETTER = "\u0301", "a"


class _Marks(dict[int, int]):
    """Translates each mark and format character to one mark, so that patterns can name it, and each symbol that stands
    for letters or digits, such as ㊊ and ℀, to one letter.

    Fills itself with what texts have: of all characters, categories would take long. Ideographs, of which there are too
    many, are looked up each time.
    """

    def __missing__(self, code: int) -> int:
        character = chr(code)
        translated = code
        if not character.isalnum():
            if any(map(str.isalnum, folded(character))):
                translated = ord(_LETTER)
            elif unicodedata.category(character) in _PARTS_OF_WORDS or _DROPPED.fullmatch(character):
                translated = ord(_MARK)
        if code < _FIRST_IDEOGRAPH:
            self[code] = translated
        return translated


_FIRST_IDEOGRAPH = 0x3000
_PARTS_OF_WORDS = frozenset({"Mn", "Mc", "Me", "Cf"})
_MARKS = _Marks()

_LETTERS = rf"[^\W_]++(?:{_MARK}++[^\W_]*+)*+"  # possessive: each is read once, also of a word without end
_WORD = re.compile(_LETTERS)
_HYPHENS = "[-\u2010\u2011\u05be]"
_HYPHEN = re.compile(_HYPHENS)
_COMPOUND = re.compile(rf"(?<![^\W_])(?<!{_MARK}){_LETTERS}(?:{_HYPHENS}{_LETTERS})++")
_WRITTEN = re.compile(rf"{_LETTERS}(?:['’ʼ\uff07]++(?:[^\W_]|{_MARK})++)*+")
_APOSTROPHE = re.compile(r"['’ʼ]")
_POSSESSIVE = re.compile(r"(?<=[^'’ʼ])['’ʼ]s\b")
_VOWEL = re.compile(r"[aeiouy]")


def words(text: str) -> list[str]:
    """In order: `Children’s Café` → `children`, `cafe`."""
    return _found(_WORD, _plain(text))


def compounds(text: str) -> list[str]:
    """Hyphenated words as one word, as others spell them: `T-shirt` → `tshirt`."""
    return [_HYPHEN.sub("", found) for found in _found(_COMPOUND, _plain(text))]


def words_in(text: str) -> Iterator[tuple[str, int]]:
    """The words as they are written, with their positions: `Children’s`, `Café`."""
    return ((text[match.start() : match.end()], match.start()) for match in _WRITTEN.finditer(_with_plain_marks(text)))


def folded(text: str) -> str:
    """Without case, accents, points and formats; letters that only look alike stay apart."""
    if text.isascii():
        return text.lower()
    bare = _DROPPED.sub("", unicodedata.normalize("NFKD", text.casefold()))
    return unicodedata.normalize("NFC", bare).casefold().translate(_LATIN).lower()


def _plain(text: str) -> str:
    plain = folded(text)
    if not _APOSTROPHE.search(plain):
        return plain
    kept, end = list[str](), 0
    for written, start in words_in(text):  # for an s is a possessive only after a word
        kept += folded(text[end:start]), _POSSESSIVE.sub("", folded(written))
        end = start + len(written)
    return _APOSTROPHE.sub("", "".join(kept))


def _found(pattern: re.Pattern[str], text: str) -> list[str]:
    if text.isascii():
        return pattern.findall(text)
    return [text[match.start() : match.end()] for match in pattern.finditer(_with_plain_marks(text))]


def _with_plain_marks(text: str) -> str:
    """Of the same length."""
    return text if text.isascii() else text.translate(_MARKS)


def singular(word: str) -> str:
    """`trials` → `trial`, `therapies` → `therapy`; other words stay as they are."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        return word[:-1]
    return word


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """What `trial` and `trials`, `donate`, `donating` and `donation` have in common. Not always a word."""
    if not word.isascii() or not word.isalpha():
        return word
    word = singular(word)
    if word.endswith("tion") and len(word) > 6:
        return word.removesuffix("ion")
    for ending in ("ing", "ed"):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) >= 3 and _VOWEL.search(rest):
            undoubled = rest[-1] == rest[-2] and rest[-1] not in "lsz"
            return (rest[:-1] if undoubled else rest).removesuffix("e")
    return word.removesuffix("e") if len(word) > 4 else word
