"""What an answer to a test article has to be like: checks that say the same of the same answer every time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from personalization.evaluations.domain.schemas import misfits
from shared.errors import Malformed
from shared.json.strict import parse_json

MOST_CHECKS = 20


class Patterns(Protocol):
    """Regular expressions whose matching takes time in proportion to the text, whatever the expression is."""

    def refusal(self, pattern: str) -> str | None:
        """Why this is no pattern; None where it is one."""
        ...

    def is_in(self, pattern: str, text: str) -> bool:
        """Whether the pattern matches anywhere in the text."""
        ...


@dataclass(frozen=True, slots=True)
class Answered:
    """What is checked: an answer, and what it cost in millionths of the currency's unit."""

    text: str
    cost_micros: int


@dataclass(frozen=True, slots=True)
class Contains:
    text: str


@dataclass(frozen=True, slots=True)
class Lacks:
    text: str


@dataclass(frozen=True, slots=True)
class Matches:
    """A regular expression is found somewhere in the answer."""

    pattern: str


@dataclass(frozen=True, slots=True)
class FitsSchema:
    """The whole answer is JSON that fits a schema."""

    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class MaxLength:
    characters: int


@dataclass(frozen=True, slots=True)
class MaxCost:
    micros: int


type Check = Contains | Lacks | Matches | FitsSchema | MaxLength | MaxCost


@dataclass(frozen=True, slots=True)
class Failure:
    """`check` is the position of the check in its case, from 0; None where the case as a whole could not be run."""

    check: int | None
    why: str


def failures(checks: Sequence[Check], answered: Answered, patterns: Patterns) -> tuple[Failure, ...]:
    """Every check that the answer does not pass, with the reason."""
    found = ((number, _why(check, answered, patterns)) for number, check in enumerate(checks))
    return tuple(Failure(number, why) for number, why in found if why is not None)


def _why(check: Check, answered: Answered, patterns: Patterns) -> str | None:
    text = answered.text
    match check:
        case Contains(wanted) if wanted not in text:
            return f"does not contain {_quoted(wanted)}"
        case Lacks(unwanted) if unwanted in text:
            return f"contains {_quoted(unwanted)}"
        case Matches(pattern) if not patterns.is_in(pattern, text):
            return f"does not match {_quoted(pattern)}"
        case FitsSchema(schema):
            return _why_no_fit(schema, text, patterns)
        case MaxLength(characters) if len(text) > characters:
            return f"has {len(text)} characters, {characters} are allowed"
        case MaxCost(micros) if answered.cost_micros > micros:
            return f"cost {answered.cost_micros} millionths, {micros} are allowed"
        case _:
            return None


def _why_no_fit(schema: Mapping[str, Any], text: str, patterns: Patterns) -> str | None:
    try:
        value = parse_json(_unfenced(text).encode(errors="surrogatepass"))
    except Malformed:
        return "is not JSON"
    found = misfits(schema, value, patterns.is_in)
    return "; ".join(found[:5]) or None


def _unfenced(text: str) -> str:
    """Models like to put JSON into a fenced block: one that is the whole answer counts as its content."""
    lines = text.strip().splitlines()
    fenced = len(lines) > 2 and lines[0] in {"```", "```json"} and lines[-1] == "```"
    return "\n".join(lines[1:-1]) if fenced else text


def _quoted(text: str) -> str:
    return f"“{text[:80]}{'…' if len(text) > 80 else ''}”"
