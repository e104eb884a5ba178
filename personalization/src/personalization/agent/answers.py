"""What clients receive from the agent."""

from dataclasses import dataclass

from personalization.agent.domain.agent import Answer
from shared.models.model import Usage


@dataclass(frozen=True, slots=True)
class BasisItem:
    """One fact that an answer used."""

    fact: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentAnswer:
    content: str
    session_id: str
    interaction_id: str
    context_version: int
    usage: Usage
    basis: tuple[BasisItem, ...]


def agent_answer(answer: Answer) -> AgentAnswer:
    return AgentAnswer(
        content=answer.content,
        session_id=answer.session_id,
        interaction_id=answer.interaction_id,
        context_version=answer.context_version,
        usage=answer.usage,
        basis=tuple(BasisItem(fact.name, fact.value) for fact in answer.basis),
    )
