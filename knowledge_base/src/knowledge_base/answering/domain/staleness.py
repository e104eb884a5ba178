"""Staleness: when a document changes or goes, what was made of it is dropped, and tickets answered from it flagged."""

from knowledge_base.answering.domain.conversations import Conversations
from knowledge_base.suggestions.domain.suggesting import Offers, Uses


class StalenessService:
    def __init__(self, *, uses: Uses, offers: Offers, conversations: Conversations) -> None:
        self._uses, self._offers, self._conversations = uses, offers, conversations

    def document_changed(self, document_id: str) -> int:
        """How many tickets had used it. What breaks off is carried on by a repetition. Raises Unavailable."""
        uses = self._uses.of_document(document_id)
        for use in uses:
            self._offers.drop(use.ticket_id)
            if use.is_cited:
                self._conversations.mark_stale(use.ticket_id)
            self._uses.forget(use)
        return len(uses)
