"""Suggestions for a ticket: retrieved once, checked and ranked whenever they are read."""

from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Protocol

from knowledge_base.suggestions.domain.passages import (
    Found,
    KnowledgeBase,
    Passage,
    Source,
    Sources,
    are_current,
    passages_of,
)
from knowledge_base.suggestions.domain.ranking import Tally, ranked
from shared.errors import NotFound
from shared.persistence.unit_of_work import Write

SUGGESTED = 5
_RETRIEVED = 15
"""Votes choose among them."""

OFFER_LIFE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Offer:
    """What was retrieved for a ticket; `question` is a digest of what it was retrieved for."""

    ticket_id: str
    question: str
    passages: tuple[Passage, ...]
    made_at: datetime

    @property
    def expires_at(self) -> datetime:
        return self.made_at + OFFER_LIFE


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A passage that may help whoever answers."""

    suggestion_id: str
    passage: Passage


@dataclass(frozen=True, slots=True)
class Use:
    """A ticket that a document was suggested for or, where it is `cited`, that was answered from it."""

    document_id: str
    ticket_id: str
    is_cited: bool
    noted_at: datetime


class Offers(Protocol):
    """Every method raises Unavailable."""

    def find(self, ticket_id: str, now: datetime) -> Offer | None: ...

    def keep(self, offer: Offer) -> None: ...

    def drop(self, ticket_id: str) -> None: ...


class Votes(Protocol):
    """Every method raises Unavailable."""

    def tallies(self, passage_ids: Collection[str]) -> Mapping[str, Tally]:
        """Those of passages that somebody has voted on."""
        ...

    def cast(
        self, passage_id: str, ticket_id: str, now: datetime, *, helpful: bool, record: Write | None = None
    ) -> None:
        """The vote of a ticket counts once, as it was cast last. `record` is written with it. Raises KeyInUse."""
        ...


class Uses(Protocol):
    """Every method raises Unavailable."""

    def add(self, document_ids: Collection[str], ticket_id: str, *, cited: bool, now: datetime) -> None:
        """What is cited stays so."""
        ...

    def of_document(self, document_id: str, after: str | None, limit: int) -> tuple[Use, ...]:
        """By the ids of their tickets, from the one after this on."""
        ...

    def forget(self, use: Use) -> None:
        """Unless it was noted again."""
        ...


class BedrockService:
    """Retrieves what documents say; what an answer is made of it is not left to Bedrock."""

    def __init__(
        self,
        *,
        knowledge_base: KnowledgeBase,
        sources: Sources,
        votes: Votes,
        offers: Offers,
        uses: Uses,
        threads: Executor,
    ) -> None:
        self._knowledge_base, self._sources, self._votes = knowledge_base, sources, votes
        self._offers, self._uses, self._threads = offers, uses, threads

    def passages(self, question: str, limit: int) -> tuple[Passage, ...]:
        """The best passages, of documents as they are now: two rounds. Raises Unavailable."""
        passages, tallies = self._retrieved(question)
        return ranked(passages, tallies, limit)

    def suggest(self, ticket_id: str, question: Callable[[], str], now: datetime) -> tuple[Suggestion, ...]:
        """The best passages for a ticket, without asking Bedrock again while question and documents are the same.

        What was retrieved before is read while `question` is, then its documents and its votes: two rounds, and four
        where something new is retrieved. Raises Unavailable, and what `question` raises.
        """
        finding = self._threads.submit(self._offers.find, ticket_id, now)
        wanted = question()
        offer = finding.result()
        if offer is not None and offer.question == digest(wanted):
            sources, tallies = self._seen(offer.passages)
            if are_current(offer.passages, sources):
                return _suggestions(offer.passages, tallies)
        passages, tallies = self._retrieved(wanted)
        self._keep(Offer(ticket_id, digest(wanted), passages, now))
        return _suggestions(passages, tallies)

    def feedback(
        self, ticket_id: str, suggestion_id: str, now: datetime, *, helpful: bool, record: Write | None = None
    ) -> None:
        """Whether a suggestion helped; what helped counts as used. `record` is written with it.

        Raises NotFound; KeyInUse; Unavailable.
        """
        offer = self._offers.find(ticket_id, now)
        passages = {each.passage_id: each for each in offer.passages} if offer else {}
        if (passage := passages.get(suggestion_id)) is None:
            raise NotFound("There is no such suggestion.")
        if helpful:  # first: what breaks off is repeated as long as there is no record
            self._uses.add([passage.document_id], ticket_id, cited=True, now=now)
        self._votes.cast(passage.passage_id, ticket_id, now, helpful=helpful, record=record)

    def are_current(self, passages: Collection[Passage]) -> bool:
        """Whether the documents still say so. Raises Unavailable."""
        return are_current(passages, self._sources.searchable({each.document_id for each in passages}))

    def _retrieved(self, question: str) -> tuple[tuple[Passage, ...], Mapping[str, Tally]]:
        if not question.strip():
            return (), {}
        found = self._knowledge_base.retrieve(question, _RETRIEVED)
        sources, tallies = self._seen(found)
        return passages_of(found, sources), tallies

    def _seen(self, found: Collection[Found | Passage]) -> tuple[Mapping[str, Source], Mapping[str, Tally]]:
        """What has become of the documents, and what staff say of the passages, in one round."""
        checking = self._threads.submit(self._sources.searchable, {each.document_id for each in found})
        tallies = self._votes.tallies([each.passage_id for each in found])
        return checking.result(), tallies

    def _keep(self, offer: Offer) -> None:
        """Whoever follows documents drops it by its uses. One that they miss is found out of date when it is read."""
        keeping = self._threads.submit(self._offers.keep, offer)
        documents = {each.document_id for each in offer.passages}
        self._uses.add(documents, offer.ticket_id, cited=False, now=offer.made_at)
        keeping.result()


def _suggestions(passages: Collection[Passage], tallies: Mapping[str, Tally]) -> tuple[Suggestion, ...]:
    return tuple(Suggestion(each.passage_id, each) for each in ranked(passages, tallies, SUGGESTED))


def digest(question: str) -> str:
    return sha256(question.encode(errors="surrogatepass")).hexdigest()[:32]
