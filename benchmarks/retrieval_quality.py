"""How often the help desk's knowledge base finds the document that answers a question, against plain word overlap.

    python -m benchmarks.retrieval_quality
    python -m benchmarks.retrieval_quality --knowledge-base ID [--endpoint URL]

The first starts an emulator and a model stand-in, and ingests knowledge_base/help. The second asks a knowledge base
that has those documents, on AWS or on the platform at the endpoint, with the shell's region and credentials.

A question counts as found at k if its document is among the first k. "No answer" is said if the best document's score
is hardly above the fourth's; how much is hardly is chosen on the questions for tuning, for each method by itself.
"""

import argparse
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from benchmarks.retrieval_questions import (
    HELD_OUT,
    TUNING,
    Label,
    content_words,
    documents,
    labels,
    passages,
)
from local.emulator.process import EmulatorProcess
from local.model.process import ModelProcess
from local.sample_data.help_documents import DOCUMENTS
from local.workspace import free_port
from tests.contracts.emulator.aws import Aws
from tests.contracts.emulator.knowledge_base import KnowledgeBase

CHUNKING = {
    "chunkingStrategy": "FIXED_SIZE",
    "fixedSizeChunkingConfiguration": {"maxTokens": 60, "overlapPercentage": 20},
}
_DEPTHS = (1, 3, 5)
_RESULTS = 25
_COMPARED = 3
"""Places behind the best document is the one whose score its own is compared with."""

type Ranked = list[tuple[str, float]]
"""Different documents with scores, the best first."""
type Method = Callable[[str], Ranked]


@dataclass(frozen=True)
class Answer:
    label: Label
    ranked: Ranked

    @property
    def margin(self) -> float:
        scores = [score for _, score in self.ranked] + [0.0] * (_COMPARED + 1)
        return scores[0] - scores[_COMPARED]

    def found_at(self, depth: int) -> bool:
        return self.label.document in [name for name, _ in self.ranked[:depth]]


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures retrieval on labelled questions.")
    parser.add_argument("--knowledge-base", help="the id of one that has the help documents")
    parser.add_argument("--endpoint", help="of a local platform")
    given = parser.parse_args()
    with ExitStack() as stack:
        methods = {
            "knowledge base": existing(given.knowledge_base, given.endpoint)
            if given.knowledge_base
            else emulated(stack),
            "word overlap": by_overlap,
        }
        print(f"{'':16}{'':10}{'questions':>10}{'at 1':>7}{'at 3':>7}{'at 5':>7}  no answer: right, of those without")
        for name, method in methods.items():
            answers = [Answer(label, method(label.question)) for label in labels()]
            least = least_margin([answer for answer in answers if answer.label.part == TUNING])
            for part in (TUNING, HELD_OUT):
                _print(name, part, [answer for answer in answers if answer.label.part == part], least)


def emulated(stack: ExitStack) -> Method:
    """A knowledge base of an emulator that runs until the stack is closed."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    model = stack.enter_context(ModelProcess(folder / "model.log", free_port()))
    environment = {"KNOWLEDGE_BASE_MODEL_URL": model.endpoint, "KNOWLEDGE_BASE_START_SECONDS": "0"}
    emulator = stack.enter_context(EmulatorProcess(folder, free_port(), environment=environment))
    base = KnowledgeBase(Aws(emulator.endpoint), CHUNKING)
    for name in documents():
        base.put(name, (DOCUMENTS / name).read_bytes())
    base.sync()
    return lambda question: _distinct(base.ask(question, numberOfResults=_RESULTS))


def existing(knowledge_base: str, endpoint: str | None) -> Method:
    runtime: Any = boto3.client("bedrock-agent-runtime", endpoint_url=endpoint)

    def ask(question: str) -> Ranked:
        found = runtime.retrieve(
            knowledgeBaseId=knowledge_base,
            retrievalQuery={"text": question},
            retrievalConfiguration={"vectorSearchConfiguration": {"numberOfResults": _RESULTS}},
        )
        return _distinct(found["retrievalResults"])

    return ask


def by_overlap(question: str) -> Ranked:
    """By the share of the question's content words that a document's best passage has."""
    words = content_words(question)
    scores = {
        name: max(len(words & content_words(passage)) / len(words) for passage in passages(name))
        for name in documents()
    }
    return sorted(scores.items(), key=lambda scored: -scored[1])


def least_margin(answers: Sequence[Answer]) -> float:
    """With which "no answer" has the best balance of precision and recall (F1)."""
    return max((answer.margin for answer in answers), key=lambda least: _balance(answers, least))


def _balance(answers: Sequence[Answer], least: float) -> float:
    right, said, without = _no_answers(answers, least)
    return 2 * right / (said + without)


def _no_answers(answers: Sequence[Answer], least: float) -> tuple[int, int, int]:
    """How often "no answer" is right, is said, and would be right."""
    said = [answer for answer in answers if answer.margin <= least]
    return (
        sum(answer.label.document is None for answer in said),
        len(said),
        sum(answer.label.document is None for answer in answers),
    )


def _distinct(results: Sequence[dict[str, Any]]) -> Ranked:
    """Documents by their best passage. A document is named by the last part of its key."""
    ranked: dict[str, float] = {}
    for result in results:
        ranked.setdefault(result["location"]["s3Location"]["uri"].rpartition("/")[2], result["score"])
    return list(ranked.items())


def _print(method: str, part: str, answers: Sequence[Answer], least: float) -> None:
    answered = [answer for answer in answers if answer.label.document]
    shares = "".join(f"{sum(answer.found_at(depth) for answer in answered) / len(answered):7.0%}" for depth in _DEPTHS)
    right, said, without = _no_answers(answers, least)
    print(f"{method:16}{part:10}{len(answered):10}{shares}  {right} of {said} right ({right / said:.0%}), of {without}")


if __name__ == "__main__":
    main()
