"""Stand-ins for the adapters of personalization, which keep the same contracts (see contracts/)."""

import threading
from collections import defaultdict
from datetime import datetime

from personalization.domain.agent import ContextMovedError, Recollection
from personalization.domain.context import SupporterContext
from personalization.domain.conversation import Interaction, Session, Turn
from personalization.domain.donations import PAGE_SIZE, Donation, DonationPage
from personalization.domain.profile import Profile
from personalization.domain.supporter import StaleVersionError, Supporter
from shared.errors import NotFound
from shared.money import totals


class FakeSupporters:
    """Supporters in memory."""

    def __init__(self, *supporters: Supporter) -> None:
        self.by_id = {supporter.user_id: supporter for supporter in supporters}

    def add(self, supporter: Supporter) -> bool:
        if supporter.user_id in self.by_id:
            return False
        self.by_id[supporter.user_id] = supporter
        return True

    def replace(self, supporter: Supporter) -> None:
        known = self.by_id.get(supporter.user_id)
        if known is None or known.version != supporter.version - 1:
            raise StaleVersionError
        self.by_id[supporter.user_id] = supporter


class FakeProfiles:
    """Profiles in memory, of the supporters that it is given."""

    def __init__(self, supporters: FakeSupporters) -> None:
        self._supporters = supporters
        self.donations: defaultdict[str, list[Donation]] = defaultdict(list)
        self.contexts: defaultdict[str, list[SupporterContext]] = defaultdict(list)

    def find(self, user_id: str) -> Profile | None:
        supporter = self._supporters.by_id.get(user_id)
        if supporter is None:
            return None
        return Profile(supporter, self._newest_donations(user_id), self.latest_context(user_id))

    def latest_context(self, user_id: str) -> SupporterContext:
        return max(self.contexts[user_id], key=lambda context: context.version, default=SupporterContext())

    def _newest_donations(self, user_id: str) -> DonationPage:
        ledger = sorted(self.donations[user_id], key=lambda donation: donation.donation_id, reverse=True)
        page = tuple(ledger[:PAGE_SIZE])
        more = len(ledger) > PAGE_SIZE
        return DonationPage(
            items=page,
            totals=totals(donation.amount for donation in ledger),
            next_position=page[-1].donation_id if more else None,
        )


class FakeMemory:
    """The agent's memory, of the profiles that it is given."""

    def __init__(self, profiles: FakeProfiles) -> None:
        self._profiles = profiles
        self._lock = threading.Lock()
        self.sessions: dict[str, Session] = {}
        self.interactions: list[Interaction] = []

    def recall(self, user_id: str, session_id: str, now: datetime) -> Recollection | None:
        with self._lock:
            profile = self._profiles.find(user_id)
            if profile is None:
                return None
            session = self._session(session_id, now)
            turns = self._turns(user_id, session_id) if session else ()
            return Recollection(profile.supporter, profile.donations, profile.context, session, turns)

    def record(self, interaction: Interaction, context: SupporterContext, session: Session, now: datetime) -> None:
        with self._lock:
            kept = self._session(session.session_id, now)
            if kept and kept.user_id != session.user_id:
                raise NotFound("There is no such session.")
            contexts = self._profiles.contexts[interaction.user_id]
            if any(other.version == context.version for other in contexts):
                raise ContextMovedError
            contexts.append(context)
            self.sessions[session.session_id] = session
            self.interactions.append(interaction)

    def latest_context(self, user_id: str) -> SupporterContext:
        with self._lock:
            return self._profiles.latest_context(user_id)

    def _session(self, session_id: str, now: datetime) -> Session | None:
        session = self.sessions.get(session_id)
        return session if session and session.expires_at > now else None

    def _turns(self, user_id: str, session_id: str) -> tuple[Turn, ...]:
        own = [interaction for interaction in self.interactions if interaction.user_id == user_id]
        newest = sorted(own, key=lambda each: (each.occurred_at, each.interaction_id))[-10:]
        return tuple(Turn(each.input, each.content) for each in newest if each.session_id == session_id)
