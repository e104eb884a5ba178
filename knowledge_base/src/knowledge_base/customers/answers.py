"""What staff receive about a customer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from knowledge_base.customers.domain.interactions import Interaction, InteractionKind
from knowledge_base.customers.domain.risk import Factor, Level, Risk


@dataclass(frozen=True, slots=True)
class InteractionAnswer:
    interaction_id: str
    kind: InteractionKind
    reference: str
    at: datetime
    sentiment: float | None


@dataclass(frozen=True, slots=True)
class RiskAnswer:
    """`score` is the sum of the factors' points; scores of different `rules` do not compare."""

    level: Level
    score: int
    factors: tuple[Factor, ...]
    rules: str


def interaction_answers(interactions: Iterable[Interaction]) -> tuple[InteractionAnswer, ...]:
    return tuple(
        InteractionAnswer(each.interaction_id, each.kind, each.reference, each.at, each.sentiment)
        for each in interactions
    )


def risk_answer(risk: Risk) -> RiskAnswer:
    return RiskAnswer(risk.level, risk.score, risk.factors, risk.rules)
