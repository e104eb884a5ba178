"""The body of the answer of GET /health."""

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge_base.health.domain.health import Dependency, Health, Overall


@dataclass(frozen=True, slots=True)
class HealthAnswer:
    status: Overall
    dependencies: Sequence[Dependency]


def health_answer(found: Health) -> HealthAnswer:
    return HealthAnswer(found.status, found.dependencies)
