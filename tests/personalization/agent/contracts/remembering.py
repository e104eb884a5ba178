"""What tests of memories do to them."""

from datetime import datetime

from personalization.agent.domain.agent import Recollection
from personalization.agent.domain.conversation import Interaction
from tests.personalization.examples import NOW, a_context, session_after
from tests.personalization.stores import Store


def recalled(store: Store, user_id: str = "ada", session_id: str = "main", now: datetime = NOW) -> Recollection:
    recollection = store.memory.recall(user_id, session_id, now)
    assert recollection is not None
    return recollection


def record(store: Store, *interactions: Interaction) -> None:
    """Each with the context's version of its number, and with its session."""
    for interaction in interactions:
        context = a_context(interaction.context_version)
        store.memory.record(interaction, context, session_after(interaction), interaction.occurred_at)
