"""An assistant for the proof: it keeps nothing apart."""

from collections.abc import Generator, Sequence

from commerce.support.adapters.assistant import ModelAssistant
from commerce.support.domain.assistant import Decision, Step, Turn
from commerce.support.domain.tools import Finding
from shared.resilience.deadline import Deadline


class NaiveAssistant(ModelAssistant):
    """One loop, as such chats are usually made: whoever has the tools also reads what they find."""

    def decide(
        self, question: str, turns: Sequence[Turn], steps: Sequence[Step], deadline: Deadline
    ) -> Generator[str | Decision]:
        read = [Turn(turn.input, turn.answer, turn.answer) for turn in turns]
        whole = [Step(tuple((call, _whole(finding)) for call, finding in step.done)) for step in steps]
        return super().decide(question, read, whole, deadline)


def _whole(finding: Finding) -> Finding:
    passages = "\n".join(f"{passage.title}: {passage.text}" for passage in finding.passages)
    return Finding(f"{finding.outline}\n{passages}")
