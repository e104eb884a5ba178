"""Staleness: when a document changes or goes, what was made of it is dropped, and tickets answered from it flagged."""

from concurrent.futures import Executor
from datetime import datetime, timedelta

from knowledge_base.answering.domain.conversations import Conversations
from knowledge_base.suggestions.domain.suggesting import Offers, Use, Uses
from shared.resilience.deadline import Deadline

_PAGE = 100
"""Uses that are read together, and seen to by as many threads as there are, before the deadline is looked at again."""
_SETTLED = timedelta(minutes=3)
"""Longer than from the time that a change has to its record: what is noted later was made of the changed document."""


class StalenessService:
    def __init__(self, *, uses: Uses, offers: Offers, conversations: Conversations, threads: Executor) -> None:
        self._uses, self._offers, self._conversations, self._threads = uses, offers, conversations, threads

    def document_changed(self, document_id: str, at: datetime, deadline: Deadline) -> bool:
        """Whether all tickets that had used it until then were seen to in time. If not, a repetition carries on.

        Raises Unavailable.
        """
        after: str | None = None
        while deadline.remaining_seconds:
            page = self._uses.of_document(document_id, after, _PAGE)
            list(self._threads.map(self._follow, [use for use in page if use.noted_at <= at + _SETTLED]))
            if len(page) < _PAGE:
                return True
            after = page[-1].ticket_id
        return False

    def _follow(self, use: Use) -> None:
        """Forgotten last, so that nothing is left out where this breaks off."""
        self._offers.drop(use.ticket_id)
        if use.is_cited:
            self._conversations.mark_stale(use.ticket_id)
        self._uses.forget(use)
