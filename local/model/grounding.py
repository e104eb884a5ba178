"""The facts and passages in a prompt, and how relevant they are to a question.

`<fact name="interests">prevention, running</fact>` is a fact about the user, and `<passage id="7" title="Bowel
screening">…</passage>` a retrieved document (document, source and search_result work too). Everything else in a user's
turn is the user's own words.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from local.model.prompt import Prompt, Turn

_TAGS = "fact", "passage", "document", "source", "search_result"
_OPENING = re.compile(rf"<(?P<tag>{'|'.join(_TAGS)})\b(?P<attributes>[^<>]*)>", re.IGNORECASE)
_CLOSING = {tag: re.compile(rf"</{tag}\s*>", re.IGNORECASE) for tag in _TAGS}
_ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_TAG = re.compile(r"</?[a-zA-Z][\w-]*(?:\s[^<>]*)?/?>")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"”’)]?\s+|\n+")
_WORD = re.compile(r"[^\W\d_][\w’']*|\d+")

_NAMES = {"name", "firstname", "givenname", "displayname", "fullname"}
_SUFFIXES = ["ations", "ation", "ings", "ing", "ments", "ment", "ers", "ies", "ied", "ions", "ion", "ors", "er", "or"]
_SUFFIXES += ["es", "ed", "ly", "at", "s", "e", "y"]
_MEANS = {"giv": "don", "gave": "don", "given": "don", "gift": "don", "contribut": "don"}
_MEANS |= {"marathon": "run", "jog": "run"}
_STOP_WORDS = set(
    re.findall(
        r"\w+",
        """
        a about actually all also am an and any anything are as ask at be because been before but by can could did do
        does doing each else for from get got had has have having he help her here hers him his how i if in into is it
        its just kind know let like look make many may me mean might more most much must my need new no not now of on
        one only or our out over own please say she should so some something such tell than thank thanks that the their
        them then there these they thing things this those through to today too under up us use very want was way we
        were what when where which while who why will with would you your yours hello hi hey dear
        """,
    )
)


@dataclass(frozen=True)
class Fact:
    name: str
    value: str


@dataclass(frozen=True)
class Passage:
    id: str
    title: str
    text: str

    @property
    def label(self) -> str:
        return self.title or self.id


@dataclass
class Grounding:
    facts: list[Fact] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)

    @property
    def first_name(self) -> str:
        names = [fact.value.split() for fact in self.facts if _plain(fact.name) in _NAMES]
        return next((words[0] for words in names if words), "")

    def read(self, text: str) -> str:
        """Collect the elements in a text, and return the rest of the text."""
        rest = []
        for outside, tag, attributes, inside in _elements(text):
            rest.append(outside)
            given = _attributes(attributes)
            content = " ".join(html.unescape(_TAG.sub(" ", inside)).split())
            if tag == "fact":
                self.facts.append(Fact(given.get("name") or given.get("key") or "fact", content))
            elif tag:
                id_ = given.get("id") or given.get("index") or str(len(self.passages) + 1)
                self.passages.append(Passage(id_, given.get("title") or given.get("name") or "", content))
        return html.unescape(_TAG.sub(" ", " ".join(rest))).strip()


@dataclass
class Conversation:
    """`question` is the latest of the user's own words; `tool_results` came after it, all else that was said before."""

    grounding: Grounding
    question: str
    is_first_turn: bool
    instructions: str
    user_said: list[str]
    assistant_said: list[str]
    tool_results: list[str]
    has_answered: bool
    """Whether the assistant has already answered since the question."""


def read_conversation(prompt: Prompt) -> Conversation:
    grounding = Grounding()
    instructions = grounding.read(prompt.system)
    said = [(index, words) for index, turn in enumerate(prompt.turns) if (words := _own_words(turn, grounding))]
    question_index, question = said[-1] if said else (0, "")
    since = prompt.turns[question_index + 1 :]
    results = [grounding.read(result.text) for turn in prompt.turns for result in turn.tool_results]
    return Conversation(
        grounding,
        question,
        is_first_turn=all(turn.role == "user" for turn in prompt.turns[:question_index]),
        instructions=instructions,
        user_said=[words for _, words in said[:-1]],
        assistant_said=[turn.text for turn in prompt.turns[:question_index] if turn.role == "assistant"],
        tool_results=[text for text in results if text] if any(turn.tool_results for turn in since) else [],
        has_answered=any(turn.role == "assistant" and turn.text.strip() for turn in since),
    )


def _own_words(turn: Turn, grounding: Grounding) -> str:
    return grounding.read(turn.text) if turn.role == "user" else ""


def _elements(text: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield each element as (text before it, tag, attributes, content) and, last, the remaining text without a tag.

    A single regular expression would take quadratic time in the number of elements that are not closed.
    """
    position, start, endless = 0, 0, set[str]()
    while opening := _OPENING.search(text, start):
        tag = opening["tag"].lower()
        start = opening.end()
        closing = None if tag in endless else _CLOSING[tag].search(text, start)
        if closing is None:
            endless.add(tag)
            continue
        # Instructions may mention "<fact> elements": the last opening tag before the closing one belongs to it.
        same = [one for one in _OPENING.finditer(text, start, closing.start()) if one["tag"].lower() == tag]
        opening = same[-1] if same else opening
        yield text[position : opening.start()], tag, opening["attributes"], text[opening.end() : closing.start()]
        start = position = closing.end()
    yield text[position:], "", "", ""


def _attributes(text: str) -> dict[str, str]:
    return {name.lower(): html.unescape(double or single) for name, double, single in _ATTRIBUTE.findall(text)}


def sentences(text: str) -> list[str]:
    return [sentence.strip() for sentence in _SENTENCE_END.split(text) if sentence and sentence.strip()]


def stem(word: str) -> str:
    """volunteering, volunteers → volunt; donation, gave → don"""
    word = word.lower().replace("’", "'").removesuffix("'s")
    shortened = True
    while shortened:
        shortened = False
        for suffix in _SUFFIXES:
            if word.endswith(suffix) and len(word) - len(suffix) >= 3:
                word, shortened = word[: -len(suffix)], True
                break
    if len(word) > 3 and word[-1] == word[-2]:
        word = word[:-1]
    return _MEANS.get(word, word)


def subjects(text: str) -> set[str]:
    """The stems of all words except stop words."""
    return {stem(word) for word in _WORD.findall(text) if word.lower() not in _STOP_WORDS}


def humanised(name: str) -> str:
    """lastDonation, last_donation → last donation"""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[_-]+", " ", name).strip().lower()


def _plain(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())


def is_name(fact: Fact) -> bool:
    return _plain(fact.name) in _NAMES
