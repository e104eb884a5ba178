"""Checks on the answer to a test article. They are deterministic: the same answer always gets the same result."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from personalization.evaluations.domain.schemas import violations
from shared.errors import Malformed
from shared.json.strict import parse_json

MAX_CHECKS = 20


class Patterns(Protocol):
    """Regular expressions that match in linear time, whatever the expression."""

    def error(self, pattern: str) -> str | None:
        """What is wrong with a pattern; None if it is valid."""
        ...

    def matches(self, pattern: str, text: str) -> bool:
        """Whether the pattern matches anywhere in the text."""
        ...


@dataclass(frozen=True, slots=True)
class CheckedAnswer:
    """An answer, and what it cost in millionths of the currency's unit."""

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
    """A regular expression matches somewhere in the answer."""

    pattern: str


@dataclass(frozen=True, slots=True)
class FitsSchema:
    """The whole answer is JSON that conforms to a schema."""

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
    """`check` is the check's position in its case, from 0; None if the case could not be run at all."""

    check: int | None
    why: str


def failures(checks: Sequence[Check], answer: CheckedAnswer, patterns: Patterns) -> tuple[Failure, ...]:
    """The checks that the answer does not pass, with reasons."""
    found = ((number, _why(check, answer, patterns)) for number, check in enumerate(checks))
    return tuple(Failure(number, why) for number, why in found if why is not None)


def _why(check: Check, answer: CheckedAnswer, patterns: Patterns) -> str | None:
    text = answer.text
    match check:
        case Contains(wanted) if wanted not in text:
            return f"does not contain {_quoted(wanted)}"
        case Lacks(unwanted) if unwanted in text:
            return f"contains {_quoted(unwanted)}"
        case Matches(pattern) if not patterns.matches(pattern, text):
            return f"does not match {_quoted(pattern)}"
        case FitsSchema(schema):
            return _schema_failure(schema, text, patterns)
        case MaxLength(characters) if len(text) > characters:
            return f"has {len(text):,} characters; at most {characters:,} are allowed"
        case MaxCost(micros) if answer.cost_micros > micros:
            return f"cost {answer.cost_micros:,} millionths; at most {micros:,} are allowed"
        case _:
            return None


def _schema_failure(schema: Mapping[str, Any], text: str, patterns: Patterns) -> str | None:
    try:
        value = parse_json(_unfenced(text).encode(errors="surrogatepass"))
    except Malformed:
        return "is not JSON"
    found = violations(schema, value, patterns.matches)
    return "; ".join(found[:5]) or None


def _unfenced(text: str) -> str:
    """Models tend to put JSON into a fenced block: if it is the whole answer, its content is checked."""
    lines = text.strip().splitlines()
    fenced = len(lines) > 2 and lines[0] in {"```", "```json"} and lines[-1] == "```"
    return "\n".join(lines[1:-1]) if fenced else text


def _quoted(text: str) -> str:
    return f"“{text[:80]}{'…' if len(text) > 80 else ''}”"
