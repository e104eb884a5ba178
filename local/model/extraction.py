"""What users say about themselves: interests, intentions and facts. Instructions to the model are ignored."""

import re
from collections.abc import Iterable

from local.model.grounding import sentences
from local.model.injections import is_suspicious

_INTEREST = re.compile(
    r"\b(?:interested in|care(?: (?:deeply|a lot|so much))? about|love|passionate about|keen on|enjoy)\s+([^.;:!?\n]+)",
    re.IGNORECASE,
)
_INTENT = re.compile(
    r"\b(?:want to|would like to|['’]d like to|plan to|planning to|hope to|hoping to|going to|intend to|"
    r"thinking (?:of|about))\s+([^.;:!?\n]+)",
    re.IGNORECASE,
)
_ABOUT_ONESELF = re.compile(
    r"^(?:and |so |well,? |yes,? |actually,? )?"
    r"(?:i['’]m|i am|i['’]ve|i have|i had|i was|i ran|i run|i live|i work|i lost|i did|i raised|i gave|i donated|"
    r"i volunteer(?:ed)?|i walked|i cycled|we (?:are|have|lost|ran|live)|my (?!name is)\w+)\b",
    re.IGNORECASE,
)
_WISH = re.compile(
    r"\b(?:interested in|thinking (?:of|about)|planning to|hoping to|going to|passionate about|keen on)\b",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(
    r",?\s+(?:because|but|so|since|when|while|which|who|if|although|and (?:i|my|we|what|how|can|could|would))\b"
    r"|,\s*(?:i|my|we)\b",
    re.IGNORECASE,
)
_LIST = re.compile(r"\s*,\s*(?:and\s+)?|\s+and\s+|\s*&\s*")
_ARTICLE = re.compile(r"^(?:the|a|an|your|to|in)\s+", re.IGNORECASE)
_LONGEST_INTEREST_WORDS = 6


def interests(text: str) -> list[str]:
    """ "I care about prevention and running because …" → prevention, running"""
    phrases = [phrase for clause in _clauses(_INTEREST, text) for phrase in _LIST.split(clause)]
    short = [_ARTICLE.sub("", phrase).strip() for phrase in phrases]
    return _unique(phrase for phrase in short if phrase and len(phrase.split()) <= _LONGEST_INTEREST_WORDS)


def intents(text: str) -> list[str]:
    """ "I would like to volunteer in Leeds, but …" → volunteer in Leeds"""
    return _unique(_clauses(_INTENT, text))


def statements(text: str) -> list[str]:
    """The sentences in which users say something about themselves, as typed."""
    found = []
    for sentence in _honest_sentences(text):
        clause = _CLAUSE_END.split(sentence)[0] if _INTENT.search(sentence) else sentence
        if _ABOUT_ONESELF.search(clause) and not _INTENT.search(clause) and not _WISH.search(clause):
            found.append(clause.rstrip(" .!") + ".")
    return _unique(found)


def _clauses(pattern: re.Pattern[str], text: str) -> list[str]:
    clauses = []
    for sentence in _honest_sentences(text):
        for match in pattern.finditer(sentence):
            clause = _CLAUSE_END.split(match[1])[0].strip(" ,")
            if clause:
                clauses.append(clause)
    return clauses


def _honest_sentences(text: str) -> list[str]:
    return [sentence for sentence in sentences(text) if not is_suspicious(sentence)]


def _unique(phrases: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(phrases))
