"""The agent among stand-ins."""

from datetime import UTC, datetime

from personalization.agent.domain.agent import Agent, AgentAnswer, Memory
from personalization.agent.domain.conversation import Question
from personalization.supporters.domain.consent import GIVING_HISTORY, PERSONALISATION
from personalization.supporters.domain.supporter import Supporter
from shared.auth.callers import Caller
from shared.idempotency.claims import Claim
from shared.ids import uuid7
from shared.resilience.deadline import Deadline
from tests.personalization.agent.fake_author import FakeAuthor
from tests.personalization.examples import (
    NOW,
    a_context,
    a_supporter,
    an_interaction,
    consenting,
    session_after,
)
from tests.personalization.fakes import FakeMemory, FakePages, FakeProfiles, FakeSupporters
from tests.shared.clocks import FakeClock

ADA = Caller("ada")


class World:
    """Ada, who consents to everything, and Bob, in a memory."""

    def __init__(self, ada: Supporter | None = None) -> None:
        ada = ada or consenting(PERSONALISATION, GIVING_HISTORY)
        self.profiles = FakeProfiles(FakeSupporters(ada, a_supporter("bob")))
        self.memory = FakeMemory(self.profiles)
        self.clock = FakeClock()
        self.now = NOW
        self._made = 0

    def agent(self, author: FakeAuthor | None = None, memory: Memory | None = None) -> Agent:
        return Agent(memory or self.memory, FakePages(), author or FakeAuthor(), lambda: self.now, self._new_id, UTC)

    def ask(
        self,
        author: FakeAuthor | None = None,
        *,
        caller: Caller = ADA,
        user_id: str = "ada",
        session_id: str = "main",
        memory: Memory | None = None,
        claim: Claim | None = None,
    ) -> AgentAnswer:
        question = Question(user_id, session_id, "What did I give?", requested_by=caller.user_id)
        return self.agent(author, memory).answer(caller, question, Deadline(25, self.clock), claim)

    def took(self, session_id: str, user_id: str) -> None:
        """Somebody else's turn in a session."""
        turn = an_interaction(1, user_id, session_id)
        self.memory.record(turn, a_context(1), session_after(turn), turn.occurred_at)

    def written(self) -> tuple[object, ...]:
        return (
            list(self.memory.interactions),
            {user_id: list(contexts) for user_id, contexts in self.profiles.contexts.items() if contexts},
            dict(self.memory.sessions),
        )

    def _new_id(self, now: datetime) -> str:
        self._made += 1
        return uuid7(now, self._made)
