"""BERT's uncased tokenizer: words, without case and accents, in the longest pieces that its vocabulary has."""

import unicodedata
from collections.abc import Iterator, Mapping

UNKNOWN, START, END = "[UNK]", "[CLS]", "[SEP]"
_LONGEST_WORD = 100
_IDEOGRAPHS = (
    (0x4E00, 0x9FFF),
    (0x3400, 0x4DBF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F),
    (0x2B820, 0x2CEAF),
    (0xF900, 0xFAFF),
    (0x2F800, 0x2FA1F),
)


class WordPieces:
    """`vocabulary` gives each piece's number; pieces that continue a word begin with ##."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self.vocabulary = vocabulary
        self.start, self.end, self._unknown = (vocabulary[name] for name in (START, END, UNKNOWN))

    def encode(self, text: str) -> list[int]:
        """The numbers of a text's pieces, without those of its start and its end."""
        return [piece for word in _words(text) for piece in self._pieces(word)]

    def _pieces(self, word: str) -> list[int]:
        if len(word) > _LONGEST_WORD:
            return [self._unknown]
        pieces: list[int] = []
        start = 0
        while start < len(word):
            prefix = "##" if start else ""
            for end in range(len(word), start, -1):
                if (number := self.vocabulary.get(prefix + word[start:end])) is not None:
                    break
            else:
                return [self._unknown]
            pieces.append(number)
            start = end
        return pieces


def _words(text: str) -> Iterator[str]:
    word = ""
    for character in unicodedata.normalize("NFD", "".join(_cleaned(text))).lower():
        if unicodedata.category(character) == "Mn":
            continue
        if character.isspace() or _stands_alone(character):
            if word:
                yield word
            word = ""
            if not character.isspace():
                yield character
        else:
            word += character
    if word:
        yield word


def _cleaned(text: str) -> Iterator[str]:
    for character in text:
        if character.isspace():
            yield " "
        elif character != "\ufffd" and not unicodedata.category(character).startswith("C"):
            yield character


def _stands_alone(character: str) -> bool:
    """Punctuation, to which BERT counts all symbols of ASCII, and Chinese characters."""
    if character.isascii():
        return not character.isalnum()
    if unicodedata.category(character).startswith("P"):
        return True
    return any(first <= ord(character) <= last for first, last in _IDEOGRAPHS)
