"""The shapes that clients receive. `shared.json.encoding` writes them; the OpenAPI document is made of them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.models.model import Usage

if TYPE_CHECKING:  # at a cold start, only what a function needs
    from personalization.agent.domain.agent import Answer


@dataclass(frozen=True, slots=True)
class BasisItem:
    """One fact that an answer used."""

    fact: str
    value: str


@dataclass(frozen=True, slots=True)
class AgentAnswer:
    """POST /agent"""

    content: str
    session_id: str
    interaction_id: str
    context_version: int
    usage: Usage
    basis: tuple[BasisItem, ...]


def agent_answer(answer: "Answer") -> AgentAnswer:
    return AgentAnswer(
        content=answer.content,
        session_id=answer.session_id,
        interaction_id=answer.interaction_id,
        context_version=answer.context_version,
        usage=answer.usage,
        basis=tuple(BasisItem(fact.name, fact.value) for fact in answer.basis),
    )
