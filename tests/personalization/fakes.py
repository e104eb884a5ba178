"""Stand-ins for the adapters of personalization, which keep the same contracts (see contracts/)."""

import threading
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from personalization.agent.domain.agent import Recollection
from personalization.agent.domain.conversation import (
    MAX_TURNS,
    Interaction,
    Question,
    Session,
    Standing,
    Turn,
)
from personalization.content.domain.content import Collection, Content
from personalization.donations.domain.donations import PAGE_SIZE, Donation, DonationPage, LedgerPage, LedgerRow, Refund
from personalization.donations.domain.giving import GiftChangedError
from personalization.memory.domain.context import SupporterContext
from personalization.profiles.domain.profile import Profile
from personalization.search.domain.search_index import Index
from personalization.supporters.domain.supporter import Supporter
from shared.errors import NotFound, VersionConflict
from shared.idempotency.claims import Claim, FirstAnswer
from shared.money import Money, totals
from shared.people.finding import PersonPage
from shared.people.person import Person
from shared.persistence.unit_of_work import UnitOfWork
from shared.time.periods import EVER, Period
from tests.shared.directory import page_of
from tests.shared.first_answers import FakeFirstAnswers
from tests.shared.persistence.fake_transactions import step


class FakeSupporters:
    """Supporters in memory."""

    def __init__(self, *supporters: Supporter) -> None:
        self.by_id = {supporter.user_id: supporter for supporter in supporters}
        self.erased = set[str]()

    def find(self, user_id: str) -> Supporter | None:
        return self.by_id.get(user_id)

    def was_erased(self, user_id: str) -> bool:
        return user_id in self.erased

    def add(self, supporter: Supporter) -> bool:
        if supporter.user_id in self.by_id or supporter.user_id in self.erased:
            return False
        self.by_id[supporter.user_id] = supporter
        return True

    def replace(self, supporter: Supporter, before: Supporter) -> None:  # noqa: ARG002
        stored = self.by_id.get(supporter.user_id)
        if stored is None or stored.version != supporter.version - 1:
            raise VersionConflict
        self.by_id[supporter.user_id] = supporter


class FakeDirectory:
    """Finds the supporters that it is given."""

    def __init__(self, supporters: FakeSupporters) -> None:
        self._supporters = supporters

    def page(self, words: Sequence[str], after: str | None, limit: int) -> PersonPage:
        people = [Person(each.user_id, each.name, each.email) for each in self._supporters.by_id.values()]
        return page_of(people, words, after, limit)


class FakePeople:
    """Everybody but nobody."""

    def find(self, user_ids: Sequence[str]) -> Mapping[str, Person]:
        existing = [user_id for user_id in user_ids if user_id != "nobody"]
        return {user_id: Person(user_id, user_id.title(), f"{user_id}@example.org") for user_id in existing}


class FakeProfiles:
    """Profiles in memory, of the supporters that it is given."""

    def __init__(self, supporters: FakeSupporters) -> None:
        self._supporters = supporters
        self.donations: defaultdict[str, list[LedgerRow]] = defaultdict(list)
        self.contexts: defaultdict[str, list[SupporterContext]] = defaultdict(list)

    def find(self, user_id: str, *, anonymous: bool) -> Profile | None:
        supporter = self._supporters.by_id.get(user_id)
        if supporter is None:
            return None
        return Profile(supporter, self._newest_donations(user_id, anonymous), self.latest_context(user_id))

    def latest_context(self, user_id: str) -> SupporterContext:
        return max(self.contexts[user_id], key=lambda context: context.version, default=SupporterContext())

    def rows(self, user_id: str, *, anonymous: bool) -> list[LedgerRow]:
        """The newest first."""
        seen = [row for row in self.donations[user_id] if anonymous or not row.anonymous]
        return sorted(seen, key=lambda row: row.donation_id, reverse=True)

    def _newest_donations(self, user_id: str, anonymous: bool) -> DonationPage:
        ledger = self.rows(user_id, anonymous=anonymous)
        page = tuple(ledger[:PAGE_SIZE])
        more = len(ledger) > PAGE_SIZE
        return DonationPage(
            items=page,
            totals=totals(row.amount for row in ledger),
            next_position=page[-1].donation_id if more else None,
        )

    def is_registered(self, user_id: str) -> bool:
        return user_id in self._supporters.by_id


class FakeLedger:
    """The ledger of the profiles that it is given."""

    def __init__(self, profiles: FakeProfiles, first_answers: FakeFirstAnswers) -> None:
        self._profiles, self._first_answers = profiles, first_answers
        self._lock = threading.Lock()

    def add(self, gift: Donation, first_answer: FirstAnswer | None) -> None:
        with self._lock:
            self._first_answers.require_free(first_answer)
            if not self._profiles.is_registered(gift.user_id):
                raise NotFound("There is no such supporter.")
            self._write(gift, first_answer)

    def refund(self, refund: Refund, gift: Donation, first_answer: FirstAnswer | None) -> None:
        with self._lock:
            self._first_answers.require_free(first_answer)
            rows = self._profiles.donations[gift.user_id]
            now = next(row for row in rows if row.donation_id == gift.donation_id)
            assert isinstance(now, Donation)
            refunded = now.refunded.amount - refund.amount.amount
            if refunded > now.amount.amount:
                raise GiftChangedError
            rows[rows.index(now)] = replace(now, refunded=Money(refunded, now.amount.currency))
            self._write(refund, first_answer)

    def add_once(self, gift: Donation) -> bool:
        with self._lock:
            if self._is_there(gift):
                return False
            self._write(gift, None)
        return True

    def change_once(self, change: Refund, gift: Donation) -> bool:
        with self._lock:
            if self._is_there(change):
                return False
            self._write(change, None)
            rows = self._profiles.donations[gift.user_id]
            now = next(row for row in rows if row.donation_id == gift.donation_id)
            assert isinstance(now, Donation)
            of_it = (each for each in rows if isinstance(each, Refund) and each.refund_of == gift.donation_id)
            refunded = min(max(-sum(each.amount.amount for each in of_it), 0), gift.amount.amount)
            rows[rows.index(now)] = replace(now, refunded=Money(refunded, gift.amount.currency))
        return True

    def gift(self, user_id: str, donation_id: str) -> Donation | None:
        found = self.find(donation_id)
        return found if found and found.user_id == user_id else None

    def _is_there(self, row: LedgerRow) -> bool:
        return any(row.donation_id == each.donation_id for each in self._profiles.donations[row.user_id])

    def find(self, donation_id: str) -> Donation | None:
        with self._lock:
            everybodys = [row for rows in self._profiles.donations.values() for row in rows]
            found = (row for row in everybodys if row.donation_id == donation_id and isinstance(row, Donation))
            return next(found, None)

    def page(
        self, user_id: str, period: Period = EVER, *, anonymous: bool, after: str | None, limit: int
    ) -> LedgerPage:
        with self._lock:
            rows = [row for row in self._profiles.rows(user_id, anonymous=anonymous) if period.has(row.created_at)]
            older = [row for row in rows if after is None or row.donation_id < after]
            page = tuple(older[:limit])
            return LedgerPage(page, page[-1].donation_id if len(older) > limit else None)

    def is_registered(self, user_id: str) -> bool:
        return self._profiles.is_registered(user_id)

    def _write(self, row: LedgerRow, first_answer: FirstAnswer | None) -> None:
        self._profiles.donations[row.user_id].append(row)
        self._first_answers.record(first_answer)


class FakeMemory:
    """The agent's memory, of the profiles that it is given."""

    def __init__(self, profiles: FakeProfiles, first_answers: FakeFirstAnswers | None = None) -> None:
        self._profiles, self.first_answers = profiles, first_answers or FakeFirstAnswers()
        self._lock = threading.Lock()
        self.sessions: dict[str, Session] = {}
        self.interactions: list[Interaction] = []
        self.deletions: dict[tuple[str, str | None], datetime] = {}
        """By user and session; None for all of the user's."""

    def recall(self, question: Question, now: datetime, claim: Claim | None = None) -> Recollection | None:
        with self._lock:
            profile = self._profiles.find(question.user_id, anonymous=False)
            if profile is None:
                return None
            session = self._session(question.session_id, now)
            turns = self._turns(question.user_id, session) if session else ()
            is_answered = claim is not None and self.first_answers.find(claim.record_id, now) is not None
            return Recollection(profile.supporter, profile.donations, profile.context, session, turns, is_answered)

    def record(
        self,
        interaction: Interaction,
        context: SupporterContext,
        session: Session,
        now: datetime,
        first_answer: FirstAnswer | None = None,
    ) -> None:
        with self._lock:
            self.first_answers.require_free(first_answer)
            kept = self._session(session.session_id, now)
            if kept and kept.user_id != session.user_id:
                raise NotFound("There is no such session.")
            contexts = self._profiles.contexts[interaction.user_id]
            if any(other.version == context.version for other in contexts):
                raise VersionConflict
            if self._is_barred(interaction):
                raise NotFound("You have deleted this conversation.")
            contexts.append(context)
            self.sessions[session.session_id] = session
            self.interactions.append(interaction)
            self.first_answers.record(first_answer)

    def latest_context(self, user_id: str) -> SupporterContext:
        with self._lock:
            return self._profiles.latest_context(user_id)

    def standing(self, user_id: str, session_id: str, now: datetime) -> Standing:
        with self._lock:
            return Standing(self._profiles.is_registered(user_id), self._session(session_id, now))

    def session(self, session_id: str, now: datetime) -> Session | None:
        with self._lock:
            return self._session(session_id, now)

    def add_turn(
        self,
        transaction: UnitOfWork,
        interaction: Interaction,
        context: SupporterContext | None,
        session: Session | None,
        now: datetime,
    ) -> None:
        if context:
            self._add_context(transaction, interaction.user_id, context)
        if session:
            self._add_session(transaction, session, now)
        recorded = self.interactions

        def is_new() -> bool:
            is_there = any(interaction.interaction_id == other.interaction_id for other in recorded)
            return not is_there and not self._is_barred(interaction)

        step("interaction", is_new, lambda: recorded.append(interaction))(transaction)

    def was_deleted(self, user_id: str, session_id: str, since: datetime) -> bool:
        kept = [self.deletions.get((user_id, each)) for each in (session_id, None)]
        return any(at is not None and at >= since for at in kept)

    def _is_barred(self, interaction: Interaction) -> bool:
        question = interaction.user_id, interaction.session_id, interaction.occurred_at
        return interaction.is_own and self.was_deleted(*question)

    def _add_context(self, transaction: UnitOfWork, user_id: str, context: SupporterContext) -> None:
        contexts = self._profiles.contexts[user_id]

        def is_new() -> bool:
            return all(other.version != context.version for other in contexts)

        step("context", is_new, lambda: contexts.append(context))(transaction)

    def _add_session(self, transaction: UnitOfWork, session: Session, now: datetime) -> None:
        def is_mine() -> bool:
            kept = self._session(session.session_id, now)
            return kept is None or kept.user_id == session.user_id

        step("session", is_mine, lambda: self.sessions.update({session.session_id: session}))(transaction)

    def _session(self, session_id: str, now: datetime) -> Session | None:
        session = self.sessions.get(session_id)
        return session if session and session.expires_at > now else None

    def _turns(self, user_id: str, session: Session) -> tuple[Turn, ...]:
        of_session = [
            each for each in self.interactions if (each.user_id, each.session_id) == (user_id, session.session_id)
        ]
        newest = sorted(of_session, key=lambda each: (each.occurred_at, each.interaction_id))[-MAX_TURNS:]
        return tuple(Turn(each.input, each.content) for each in newest if each.occurred_at > session.since)


class FakeContexts:
    """What was learned about the supporters whose profiles it is given."""

    def __init__(self, profiles: FakeProfiles) -> None:
        self._profiles = profiles

    def read(self, user_id: str) -> tuple[Supporter | None, SupporterContext]:
        profile = self._profiles.find(user_id, anonymous=False)
        return (profile.supporter, profile.context) if profile else (None, self._profiles.latest_context(user_id))

    def latest(self, user_id: str) -> SupporterContext:
        return self._profiles.latest_context(user_id)

    def add(self, user_id: str, context: SupporterContext) -> None:
        contexts = self._profiles.contexts[user_id]
        if any(other.version == context.version for other in contexts):
            raise VersionConflict
        contexts.append(context)

    def empty_before(self, user_id: str, version: int) -> None:
        contexts = self._profiles.contexts[user_id]
        for number, context in enumerate(contexts):
            if context.version < version:
                contexts[number] = SupporterContext(version=context.version, updated_at=context.updated_at)


class FakePages:
    """The content that it is given."""

    def __init__(self, *items: Content) -> None:
        self._index = Index(Collection(1, items))

    def look_up(self, _: datetime) -> Callable[[], Index]:
        return lambda: self._index
