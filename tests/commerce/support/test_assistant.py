"""The loop of deciding, looking up and writing: `hostile/` shows what it keeps apart."""

from collections.abc import Generator, Sequence
from typing import Any

import pytest

from commerce.support.domain.assistant import MAX_CALLS, Answered, Call, Decision, Step, Turn, answer
from commerce.support.domain.tools import Finding, Passage, SearchHelp, Tools, ToolUse
from shared.models.model import ModelBusy, ToolCall, Usage
from shared.resilience.deadline import Deadline

USAGE = Usage(10, 5)
DEADLINE = Deadline(60)


class Script:
    """Decides one thing after the other, and writes what it is shown."""

    def __init__(self, *decisions: tuple[str, tuple[Call, ...]]) -> None:
        self._decisions, self.shown = list(decisions), list[Any]()

    def decide(
        self, question: str, turns: Sequence[Turn], steps: Sequence[Step], _: Deadline
    ) -> Generator[str | Decision]:
        self.shown.append((question, tuple(turns), tuple(steps)))
        text, calls = self._decisions.pop(0)
        yield from text.split()
        yield Decision(text, USAGE, calls)

    def write(
        self,
        question: str,  # noqa: ARG002
        turns: Sequence[Turn],  # noqa: ARG002
        passages: Sequence[Passage],
        _: Deadline,
    ) -> Generator[str | Decision]:
        text = " ".join(passage.text for passage in passages)
        yield text
        yield Decision(text, USAGE)


class Answers(Tools):
    """Finds what the test says."""

    def __init__(self, *findings: Finding) -> None:
        self._findings, self.used = list(findings), list[ToolUse]()

    def use(self, use: ToolUse) -> Finding:
        self.used.append(use)
        return self._findings.pop(0)


def calling(*questions: str | None) -> tuple[Call, ...]:
    made = enumerate(questions)
    return tuple(Call(ToolCall(f"t{n}", "search_help", {}), SearchHelp(each) if each else None) for n, each in made)


def said(script: Script, tools: Tools) -> tuple[list[Any], Answered]:
    *pieces, last = answer(script, tools, "Question?", (), DEADLINE)
    assert isinstance(last, Answered)
    return pieces, last


def test_a_greeting_is_answered_in_one_call() -> None:
    pieces, answered = said(Script(("Hello there", ())), Answers())
    assert pieces == ["Hello", "there"]
    assert answered == Answered("Hellothere", "Hellothere", USAGE)


def test_what_was_found_is_written_from_after_one_decision() -> None:
    script = Script(("", calling("delivery")))
    finding = Finding("1 page.", (Passage("Help", "It costs 3.95."),))
    pieces, answered = said(script, Answers(finding))
    assert pieces == ["It costs 3.95."]
    assert answered == Answered("It costs 3.95.", "1 page.", Usage(20, 10))
    assert len(script.shown) == 1


def test_what_leads_on_is_decided_about_again_in_outline() -> None:
    script = Script(("Let me see.", calling("a")), ("never shown", calling("b")))
    first, second = Finding("outline", (Passage("P", "first"),), leads_on=True), Finding("o", (Passage("P", "second"),))
    pieces, answered = said(script, Answers(first, second))
    assert pieces == ["Let", "me", "see.", "\n\n", "first second"]
    assert answered.text == "".join(pieces)
    [(_, _, ()), (_, _, (step,))] = script.shown
    assert step.done[0][1].outline == "outline"


def test_steps_end_and_calls_beyond_the_limit_are_not_made() -> None:
    endless = Finding("again", (Passage("P", "x"),), leads_on=True)
    tools = Answers(*[endless] * 100)
    script = Script(*[("", calling(*["a"] * 20))] * 100)
    said(script, tools)
    assert len(script.shown) == 4
    assert len(tools.used) == 4 * MAX_CALLS


def test_a_call_that_is_not_valid_does_nothing() -> None:
    tools = Answers()
    _, answered = said(Script(("", calling(None))), tools)
    assert tools.used == []
    assert answered.outline == "The call was not valid, and nothing was done."


def test_an_answer_without_words_is_none() -> None:
    with pytest.raises(ModelBusy):
        said(Script((" ", ())), Answers())
