"""Citing: a sentence of a reply is shown only with a quote that a retrieved passage really has.

Whoever writes reads what customers wrote, and may obey them. So a sentence may say what its passage says, in whatever
order, but no word, number or address besides; one that says more is replaced by its quote. Then no text of a ticket can
make a reply promise, threaten or insult: every word that is shown stands in a document, or in a short list here.
"""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge_base.suggestions.domain.passages import Passage
from shared.text.words import STOP_WORDS, stem, words

_SHORTEST_QUOTE = 3
"""In words; fewer prove nothing, unless the passage has no more."""
_LONGEST_SENTENCE = 400
_PUNCTUATION = frozenset(" .,;:!?'’‘\"“”()–—-/&%£€$+")
_COURTESIES = """
    again already also always before contact dear do does enclose glad happy has have hello here hi hope just kind
    kindly let like may message might must need now please reach regards reply sorry still thank thanks then there
    these they those until via want was welcome were which while will wish within would write yes yet
"""
"""None that turns a sentence into its opposite, as `not` and `without` would."""
_DENIALS = """
    cannot except excluding neither never no nobody none nor not nothing nowhere unless without
"""
_SHORT_DENIAL = re.compile("(?:are|ca|could|did|do|does|had|has|have|is|must|need|should|was|were|wo|would)nt")
"""Without its apostrophe."""
_DENYING = frozenset(_DENIALS.split())
_FREE = STOP_WORDS | {stem(word) for word in _COURTESIES.split()}


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence as a model has written it, with the number of a passage, from 1, and what it quotes of that."""

    sentence: str
    passage: int
    quote: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A sentence of a reply with what it rests on: `quote` stands in the passage, letter by letter."""

    sentence: str
    passage: Passage
    quote: str


def cited(claim: Claim, passages: Sequence[Passage]) -> Citation | None:
    """None where the passage does not exist, or does not say what is quoted."""
    if not 1 <= claim.passage <= len(passages):
        return None
    passage = passages[claim.passage - 1]
    quote = quoted(claim.quote, passage.text)
    if quote is None:
        return None
    sentence = _line(claim.sentence)
    return Citation(sentence if is_said(sentence, quote, passage) else _line(quote), passage, quote)


def quoted(quote: str, text: str) -> str | None:
    """The part of the text that is quoted, whatever its line breaks; None where there is none, or too little."""
    parts = html.unescape(quote).split()
    if not parts or len(parts) < min(_SHORTEST_QUOTE, len(text.split())):
        return None
    found = re.search(r"(?<!\w)" + r"\s+".join(map(re.escape, parts)) + r"(?!\w)", text)
    return found[0] if found else None


def is_said(sentence: str, quote: str, passage: Passage) -> bool:
    """Whether every word of the sentence stands in the passage, but for words that say nothing.

    And whether it denies something exactly where its quote does.
    """
    if len(sentence) > _LONGEST_SENTENCE or sentence.isupper() or not all(map(_is_plain, sentence)):
        return False
    given = {stem(word) for word in words(passage.text)}
    said = [word for word in words(sentence) if word not in STOP_WORDS]
    return (
        bool(said)
        and _denies(sentence) == _denies(quote)
        and all(stem(word) in given or stem(word) in _FREE for word in said)
    )


def _denies(text: str) -> bool:
    return any(word in _DENYING or _SHORT_DENIAL.fullmatch(word) for word in words(text))


def _is_plain(character: str) -> bool:
    return character.isalnum() or character in _PUNCTUATION


def _line(text: str) -> str:
    return " ".join(text.split())
