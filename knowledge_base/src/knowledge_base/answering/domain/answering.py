"""The runs of suggested replies: each answers one ticket, or notes that no document does."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from knowledge_base.answering.domain.citing import Citation
from knowledge_base.answering.domain.conversations import Conversation, Conversations
from knowledge_base.answering.domain.gaps import Embeddings, Gap, Gaps, shortened
from knowledge_base.answering.domain.replying import MAX_PASSAGES, Replied, ReplyWriter, reply
from knowledge_base.suggestions.domain.suggesting import BedrockService, Uses
from shared.errors import NotFound, Unavailable
from shared.observability.logs import logger
from shared.resilience.deadline import Deadline
from shared.runs.run import Ending, Outcome, Piece, Run


@dataclass(frozen=True, slots=True)
class Equipment:
    """What only who makes replies needs: not those who stop runs, or look after them."""

    conversations: Conversations
    bedrock: BedrockService
    uses: Uses
    gaps: Gaps
    writer: ReplyWriter
    embeddings: Embeddings


@dataclass(frozen=True, slots=True)
class _Made:
    run_id: str
    replied: Replied
    gap: Gap | None


class ReplyAnswerer:
    """The Answerer of suggested replies, one at a time. `equipment` is called only where a reply is made."""

    def __init__(
        self, equipment: Callable[[], Equipment], now: Callable[[], datetime], work_seconds: float = 110
    ) -> None:
        self._equipment, self._now, self._work_seconds = equipment, now, work_seconds
        self._made: _Made | None = None

    def pieces(self, run: Run) -> Iterator[Piece]:
        """Raises NotFound where the ticket is gone; Unavailable."""
        equipment, deadline = self._equipment(), Deadline(self._work_seconds)
        conversation = equipment.conversations.find(run.subject)
        if conversation is None:
            raise NotFound("There is no such ticket.")
        passages = equipment.bedrock.passages(conversation.question, MAX_PASSAGES)
        is_first = True
        for each in reply(equipment.writer, conversation, passages, deadline):
            if isinstance(each, Citation):
                yield each.sentence if is_first else f" {each.sentence}"
                is_first = False
            else:
                self._note_uses(equipment, run.subject, each)
                self._made = _Made(run.run_id, each, self._gap(equipment, conversation, each))

    def ending(self, run: Run, text: str, outcome: Outcome) -> Ending:  # noqa: ARG002  only whole replies have citations
        """Of what another process has made, nothing is noted."""
        made = self._made
        if outcome != "done" or made is None or made.run_id != run.run_id:
            return Ending({}, lambda _: None)
        gaps = self._equipment().gaps
        usage = {"inputTokens": made.replied.usage.input_tokens, "outputTokens": made.replied.usage.output_tokens}
        if made.gap:
            is_kept = not gaps.is_erased(made.gap.user_id)
            return Ending({"usage": usage, "gap": True}, gaps.record(made.gap) if is_kept else lambda _: None)
        citations = [citation_message(each) for each in made.replied.citations]
        return Ending({"usage": usage, "citations": citations}, gaps.close(run.subject))

    def _note_uses(self, equipment: Equipment, ticket_id: str, replied: Replied) -> None:
        """By its uses a ticket is flagged once a document changes; what changed before they were noted is seen here."""
        passages = [each.passage for each in replied.citations]
        if not passages:
            return
        equipment.uses.add({each.document_id for each in passages}, ticket_id, cited=True, now=self._now())
        equipment.conversations.mark_fresh(ticket_id)
        if not equipment.bedrock.are_current(passages):
            equipment.conversations.mark_stale(ticket_id)

    def _gap(self, equipment: Equipment, conversation: Conversation, replied: Replied) -> Gap | None:
        if not replied.is_gap:
            return None
        question = shortened(conversation.question)
        try:
            vector = equipment.embeddings.vector(question) if question else ()
        except Unavailable:
            logger.warning("gap not embedded")
            vector = ()
        return Gap(conversation.ticket_id, conversation.user_id, question, self._now(), vector)


def citation_message(citation: Citation) -> dict[str, Any]:
    """As clients get it."""
    passage = citation.passage
    return {
        "sentence": citation.sentence,
        "documentId": passage.document_id,
        "title": passage.title,
        "version": passage.version,
        "quote": citation.quote,
    }
