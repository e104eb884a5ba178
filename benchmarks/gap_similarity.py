"""From which cosine on two questions are the same one, for a model of embeddings: what `GapSimilarity` should be.

    python -m benchmarks.gap_similarity
    python -m benchmarks.gap_similarity --model amazon.titan-embed-text-v2:0

The first asks the local model; the second a model on Bedrock, with the shell's region and credentials: 56 short calls.
`gap_questions.json` has questions that no help document answers, those that mean the same together.
"""

import argparse
import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations
from math import sumprod
from pathlib import Path
from statistics import median, quantiles

from knowledge_base.answering.adapters.embeddings import TitanEmbeddings
from knowledge_base.answering.domain.gaps import Embeddings, Gap, Vector, clusters
from local.model.process import ModelProcess
from local.workspace import free_port

QUESTIONS = Path(__file__).with_name("gap_questions.json")
_LOCAL = "amazon.titan-embed-text-v2:0"
_SIMILARITIES = [number / 100 for number in range(30, 95, 5)]
_BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Question:
    text: str
    group: int
    vector: Vector


@dataclass(frozen=True)
class Pairs:
    """The cosines of any two questions, the lowest first."""

    same: Sequence[float]
    other: Sequence[float]

    @classmethod
    def of(cls, questions: Sequence[Question]) -> "Pairs":
        same, other = list[float](), list[float]()
        for one, two in combinations(questions, 2):
            (same if one.group == two.group else other).append(sumprod(one.vector, two.vector))
        return cls(sorted(same), sorted(other))

    def balance(self, similarity: float) -> float:
        """Of precision and recall, if pairs from there on are joined (F1)."""
        right, wrong = at_least(self.same, similarity), at_least(self.other, similarity)
        return 2 * right / (right + wrong + len(self.same))


def at_least(cosines: Sequence[float], similarity: float) -> int:
    return sum(each >= similarity for each in cosines)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures from which cosine on two questions mean the same.")
    parser.add_argument("--model", help="the id of a model of embeddings on Bedrock")
    given = parser.parse_args()
    if given.model:
        report(embedded(TitanEmbeddings(given.model)))
    else:
        with local_model() as embeddings:
            report(embedded(embeddings))


@contextmanager
def local_model() -> Iterator[Embeddings]:
    local = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-west-2"}
    with tempfile.TemporaryDirectory() as folder, ModelProcess(Path(folder) / "model.log", free_port()) as model:
        os.environ |= {**local, "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": model.endpoint}
        yield TitanEmbeddings(_LOCAL)


def embedded(embeddings: Embeddings) -> list[Question]:
    groups: list[list[str]] = json.loads(QUESTIONS.read_text())
    texts = [(text, number) for number, group in enumerate(groups) for text in group]
    return [Question(text, number, embeddings.vector(text)) for text, number in texts]


def report(questions: Sequence[Question]) -> None:
    pairs, groups = Pairs.of(questions), len({question.group for question in questions})
    of_same, of_other = quantiles(pairs.same, n=20), quantiles(pairs.other, n=20)
    print(f"{len(questions)} questions, of which {groups} mean something different")
    print(f"cosines of {len(pairs.same)} pairs that mean the same: 5 % below {of_same[0]:.2f}, median", end=" ")
    print(f"{median(pairs.same):.2f}")
    print(f"cosines of {len(pairs.other)} other pairs: median {median(pairs.other):.2f}, 5 % above", end=" ")
    print(f"{of_other[-1]:.2f}, highest {pairs.other[-1]:.2f}")
    best = max(_SIMILARITIES, key=pairs.balance)
    print(f"\n{'GapSimilarity':>13}{'same, joined':>14}{'other, joined':>15}{'F1':>6}{'clusters':>10}")
    for similarity in _SIMILARITIES:
        same, other = at_least(pairs.same, similarity), at_least(pairs.other, similarity)
        mark = "  best F1" if similarity == best else ""
        made = len(clusters(gaps(questions), similarity))
        print(f"{similarity:13.2f}{same:14}{other:15}{pairs.balance(similarity):6.2f}{made:10}{mark}")


def gaps(questions: Sequence[Question]) -> list[Gap]:
    """A minute apart, and in an order in which those of a group are not together."""
    in_turn = sorted(enumerate(questions), key=lambda each: (each[0] * 7) % len(questions))
    return [
        Gap(f"t{number}", "u", question.text, _BEGAN + timedelta(minutes=minute), question.vector)
        for minute, (number, question) in enumerate(in_turn)
    ]


if __name__ == "__main__":
    main()
