"""The words of a text, normalized: without case, accents and the commonest English endings."""

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

_WORD = re.compile(r"[^\W_]+")
_HYPHEN = re.compile("[-\u2010\u2011]")
_COMPOUND = re.compile(
    r"(?<![^\W_])[^\W_]++(?:[-\u2010\u2011][^\W_]++)++"
)  # reads each letter once, also of a word without end
_ACCENTS = r"[\u0300-\u036f]+"  # of their own
_WRITTEN = re.compile(rf"[^\W_]+(?:{_ACCENTS}[^\W_]*|['’ʼ](?=[^\W_])[^\W_]*)*")
_POSSESSIVE = re.compile(r"['’ʼ]s\b")
_APOSTROPHE = re.compile(r"['’ʼ]")
_VOWEL = re.compile(r"[aeiouy]")


def words(text: str) -> list[str]:
    """In order: `Children’s Café` → `children`, `cafe`."""
    return _WORD.findall(_plain(text))


def compounds(text: str) -> list[str]:
    """Hyphenated words as one word, as others spell them: `T-shirt` → `tshirt`."""
    return [_HYPHEN.sub("", found) for found in _COMPOUND.findall(_plain(text))]


def words_in(text: str) -> Iterator[re.Match[str]]:
    """The words as they are written, with their positions: `Children’s`, `Café`."""
    return _WRITTEN.finditer(text)


def folded(text: str) -> str:
    """Without case and accents; letters that only look alike stay apart."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return unicodedata.normalize("NFC", bare).casefold().translate(_LATIN)


def _plain(text: str) -> str:
    return _APOSTROPHE.sub("", _POSSESSIVE.sub("", folded(text)))


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
