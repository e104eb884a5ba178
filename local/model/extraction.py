"""What users say about themselves: interests, intentions and facts. Questions and instructions are not."""

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
_QUESTION_WORDS = "what|which|who|whom|whose|when|where|why|how"
_AUXILIARIES = "am|is|are|was|were|do|does|did|have|has|had|can|could|shall|should|will|would|may|might"
_CLAUSES = re.compile(rf",\s*|\s+(?:and|but|so|or)\s+(?=(?:{_QUESTION_WORDS}|{_AUXILIARIES})\b)", re.IGNORECASE)
_LEAD_IN = r"^(?:(?:and|but|so|or|well|then|now|please|tell me)\s+)*"
_QUESTION_WORD = re.compile(rf"{_LEAD_IN}(?:{_QUESTION_WORDS})\b", re.IGNORECASE)
_INVERSION = re.compile(
    rf"{_LEAD_IN}(?:(?:{_QUESTION_WORDS})\b.*?\s)?(?:{_AUXILIARIES})(?:n['’]t)?\s+(?:i|you|we|they|he|she|it|there)\b",
    re.IGNORECASE,
)
_INDIRECT = re.compile(
    r"\b(?:what|which|who|whom|when|where|whether)\s+(?:\w+\s+){0,2}(?:i|we)\b(?:\s+\w+){0,2}\s*$", re.IGNORECASE
)
_INTRODUCTION = re.compile(r"(?:(?i:i['’]m|i am|my name is)\s+)(?:[A-Z][\w’'-]*\s*){1,3}")
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
    """The sentences in which users say something about themselves, as typed; who they are is no news."""
    found = []
    for sentence in _honest_sentences(text):
        if _INTRODUCTION.fullmatch(sentence.rstrip(" .!")):
            continue
        clause = _CLAUSE_END.split(sentence)[0] if _INTENT.search(sentence) else sentence
        if _ABOUT_ONESELF.search(clause) and not _INTENT.search(clause) and not _WISH.search(clause):
            found.append(clause.rstrip(" .!") + ".")
    return _unique(found)


def _clauses(pattern: re.Pattern[str], text: str) -> list[str]:
    clauses = []
    for sentence in _honest_sentences(text):
        for match in pattern.finditer(sentence):
            if _INDIRECT.search(sentence, 0, match.start()):
                continue
            clause = _CLAUSE_END.split(match[1])[0].strip(" ,")
            if clause:
                clauses.append(clause)
    return clauses


def stated(sentence: str) -> str:
    """A sentence without its clauses that are questions: "I love running, where can I start?" → "I love running"."""
    clauses = _CLAUSES.split(sentence)
    kept = [clause for clause in clauses if not _is_question(clause, sentence)]
    return sentence if len(kept) == len(clauses) else ", ".join(kept)


def _is_question(clause: str, sentence: str) -> bool:
    return bool(_INVERSION.search(clause) or (sentence.rstrip().endswith("?") and _QUESTION_WORD.search(clause)))


def _honest_sentences(text: str) -> list[str]:
    return [words for sentence in sentences(text) if not is_suspicious(sentence) and (words := stated(sentence))]


def _unique(phrases: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(phrases))
