"""How a message is answered: what the assistant does is decided before it reads anything that somebody else wrote.

Deciding and writing are two calls of the model. Who decides has the tools, and is shown the customer's words and
outlines: ids, numbers, days and states of ours. Who writes is shown everything that was found, and has no tools. So an
order that somebody hid in the text of a product, an order or a page can, at worst, change what is said; what is done
remains what the customer asked for, which is never more than the customer may do.
"""

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Protocol

from commerce.support.domain.proposals import Proposal
from commerce.support.domain.tools import Finding, Passage, Tools, ToolUse
from shared.models.model import ModelBusy, ToolCall, Usage
from shared.resilience.deadline import Deadline
from shared.runs.run import Notice, Piece

MAX_STEPS = 4
MAX_CALLS = 5
"""In a step; what is called beyond is not done."""

_NOT_DONE = Finding("The call was not valid, and nothing was done.")


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier exchange: `outline` is what of the answer whoever decides may see."""

    input: str
    answer: str
    outline: str


@dataclass(frozen=True, slots=True)
class Call:
    """A call of the model; `use` is None where it is none of a tool that there is, with an input that is valid."""

    made: ToolCall
    use: ToolUse | None


@dataclass(frozen=True, slots=True)
class Step:
    """Calls with what each has found."""

    done: tuple[tuple[ToolCall, Finding], ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """The end of a call that decides: what it said, and what it wants done; or of one that writes, without calls."""

    text: str
    usage: Usage
    calls: tuple[Call, ...] = ()


class Assistant(Protocol):
    """Both say text as it comes, and their decision last. They raise Unavailable."""

    def decide(
        self, question: str, turns: Sequence[Turn], steps: Sequence[Step], deadline: Deadline
    ) -> Generator[str | Decision]:
        """What to do next for the question. Must not be shown answers or passages."""
        ...

    def write(
        self, question: str, turns: Sequence[Turn], passages: Sequence[Passage], deadline: Deadline
    ) -> Generator[str | Decision]:
        """The answer. Must not be given tools."""
        ...


@dataclass(frozen=True, slots=True)
class Answered:
    """Of a whole answer; `outline` is what whoever decides may be shown of it later."""

    text: str
    outline: str
    usage: Usage
    proposals: tuple[Proposal, ...] = ()


def answer(
    assistant: Assistant, tools: Tools, question: str, turns: Sequence[Turn], deadline: Deadline
) -> Generator[Piece | Answered]:
    """The answer in pieces, among them a notice of each proposal; Answered last. Raises Unavailable."""
    said: list[str] = []
    steps: list[Step] = []
    usage = Usage(0, 0)
    while len(steps) < MAX_STEPS:
        decision = yield from _spoken(assistant.decide(question, turns, steps, deadline), said, is_shown=not steps)
        usage = _sum(usage, decision.usage)
        if not decision.calls:
            break
        done = list[tuple[ToolCall, Finding]]()
        for call in decision.calls[:MAX_CALLS]:
            finding = tools.use(call.use) if call.use else _NOT_DONE
            if finding.proposal:
                yield Notice("proposal", finding.proposal.message)
            done.append((call.made, finding))
        steps.append(Step(tuple(done)))
        if not any(finding.leads_on for _, finding in done):
            break
    findings = [finding for step in steps for _, finding in step.done]
    if findings:
        if any(said):
            said.append("\n\n")
            yield said[-1]
        written = yield from _spoken(assistant.write(question, turns, _passages(findings), deadline), said)
        usage = _sum(usage, written.usage)
    text = "".join(said)
    if not text.strip():
        raise ModelBusy  # an answer without words helps nobody
    outline = "\n".join(finding.outline for finding in findings) if findings else text
    proposals = tuple(finding.proposal for finding in findings if finding.proposal)
    yield Answered(text, outline, usage, proposals)


def _passages(findings: Sequence[Finding]) -> list[Passage]:
    """Each once; of a finding without any, its outline."""
    found = [each for finding in findings for each in finding.passages or (Passage("What was done", finding.outline),)]
    return list(dict.fromkeys(found))


def _spoken(
    pieces: Generator[str | Decision], said: list[str], *, is_shown: bool = True
) -> Generator[str, None, Decision]:
    """Hand on what is said, and return the decision."""
    with closing(pieces):
        for piece in pieces:
            if isinstance(piece, Decision):
                return piece
            if is_shown:
                said.append(piece)
                yield piece
    raise ModelBusy  # it ended before it had decided


def _sum(one: Usage, other: Usage) -> Usage:
    return Usage(one.input_tokens + other.input_tokens, one.output_tokens + other.output_tokens)
