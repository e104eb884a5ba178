"""What suggestions are made of, in memory."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from concurrent.futures import Executor
from datetime import UTC, datetime

from knowledge_base.suggestions.domain.passages import Found, Passage, Source
from knowledge_base.suggestions.domain.ranking import Tally
from knowledge_base.suggestions.domain.suggesting import BedrockService, Offer, Use
from shared.idempotency.claims import translated_refusals
from shared.persistence.unit_of_work import Write
from tests.shared.executors import InTurn
from tests.shared.persistence.fake_transactions import committed, step

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def a_passage(text: str = "Goods can be returned within 30 days.", **changed: object) -> Passage:
    given = {"document_id": "returns", "version": 1, "title": "Returns", "source": "returns.md", "score": 0.5}
    return Passage(text=text, **{**given, **changed})  # type: ignore[arg-type]


class FakeLibrary:
    """A knowledge base and its documents: whatever the question, all that is searchable is found, in this order."""

    def __init__(self, *passages: Passage) -> None:
        self.passages = list(passages)
        self.sources = {each.document_id: Source(each.document_id, each.title, each.version) for each in passages}
        self.questions: list[str] = []

    def retrieve(self, question: str, limit: int) -> tuple[Found, ...]:
        self.questions.append(question)
        found = (Found(each.document_id, each.source, each.text, each.score) for each in self.passages)
        return tuple(found)[:limit]

    def searchable(self, document_ids: Collection[str]) -> Mapping[str, Source]:
        return {each: self.sources[each] for each in document_ids if each in self.sources}


class FakeOffers:
    def __init__(self) -> None:
        self.kept: dict[str, Offer] = {}

    def find(self, ticket_id: str, now: datetime) -> Offer | None:
        offer = self.kept.get(ticket_id)
        return offer if offer and offer.expires_at > now else None

    def keep(self, offer: Offer) -> None:
        self.kept[offer.ticket_id] = offer

    def drop(self, ticket_id: str) -> None:
        self.kept.pop(ticket_id, None)


class FakeVotes:
    def __init__(self) -> None:
        self.cast_votes: defaultdict[str, dict[str, bool]] = defaultdict(dict)

    def tallies(self, passage_ids: Collection[str]) -> Mapping[str, Tally]:
        votes = {each: list(self.cast_votes[each].values()) for each in passage_ids if each in self.cast_votes}
        return {each: Tally(cast.count(True), cast.count(False)) for each, cast in votes.items()}

    def cast(
        self,
        passage_id: str,
        ticket_id: str,
        now: datetime,  # noqa: ARG002
        *,
        helpful: bool,
        record: Write | None = None,
    ) -> None:
        def write() -> None:
            self.cast_votes[passage_id][ticket_id] = helpful

        with translated_refusals():
            committed(step("vote", lambda: True, write), *filter(None, [record]))


class FakeUses:
    def __init__(self) -> None:
        self.noted: dict[tuple[str, str], Use] = {}

    def add(self, document_ids: Collection[str], ticket_id: str, *, cited: bool, now: datetime) -> None:
        for document_id in document_ids:
            before = self.noted.get((document_id, ticket_id))
            if cited or not (before and before.is_cited):
                self.noted[document_id, ticket_id] = Use(document_id, ticket_id, cited, now)

    def of_document(self, document_id: str, after: str | None, limit: int) -> tuple[Use, ...]:
        found = [use for (of, _), use in sorted(self.noted.items()) if of == document_id]
        return tuple(use for use in found if after is None or use.ticket_id > after)[:limit]

    def forget(self, use: Use) -> None:
        if self.noted.get((use.document_id, use.ticket_id)) == use:
            del self.noted[use.document_id, use.ticket_id]


class Shelf:
    """A BedrockService with everything that it stands on."""

    def __init__(self, *passages: Passage, threads: Executor | None = None) -> None:
        self.library, self.votes = FakeLibrary(*passages), FakeVotes()
        self.offers, self.uses = FakeOffers(), FakeUses()
        self.service = BedrockService(
            knowledge_base=self.library,
            sources=self.library,
            votes=self.votes,
            offers=self.offers,
            uses=self.uses,
            threads=threads or InTurn(),
        )

    def suggested(self, ticket_id: str = "t1", question: str = "How do I return it?", now: datetime = NOW) -> list[str]:
        """The texts of what is suggested."""
        return [each.passage.text for each in self.service.suggest(ticket_id, lambda: question, now)]
