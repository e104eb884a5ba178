"""What tests of memories do to them."""

from datetime import datetime

from personalization.agent.domain.agent import Recollection
from personalization.agent.domain.conversation import Interaction, Question, Session
from shared.idempotency.claims import Claim
from tests.personalization.examples import NOW, a_context
from tests.personalization.stores import Store


def question_of(user_id: str = "ada", session_id: str = "main") -> Question:
    return Question(user_id, session_id, "And now?", requested_by=user_id)


def recalled(
    store: Store, user_id: str = "ada", session_id: str = "main", now: datetime = NOW, claim: Claim | None = None
) -> Recollection:
    recollection = store.memory.recall(question_of(user_id, session_id), now, claim)
    assert recollection is not None
    return recollection


def record(store: Store, *interactions: Interaction) -> None:
    """Each with the context's version of its number, and with its session as it goes on."""
    for interaction in interactions:
        context, now = a_context(interaction.context_version), interaction.occurred_at
        current = store.memory.session(interaction.session_id, now)
        session = Session.as_of(interaction.session_id, interaction.requested_by, now, current)
        store.memory.record(interaction, context, session, now)
