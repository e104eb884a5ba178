"""How a suggested reply is made: from passages that were retrieved before anybody read what the customer wrote.

The model has no tools. What is retrieved, and of which ticket, is fixed before it is called, and what it says is shown
only as far as the passages say it: see `citing`. So whatever a text in the ticket or a document orders, it changes
neither what is read nor what is done.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Protocol

from knowledge_base.answering.domain.citing import Citation, Claim, cited
from knowledge_base.answering.domain.conversations import Conversation
from knowledge_base.suggestions.domain.passages import Passage
from shared.models.model import Usage
from shared.resilience.deadline import Deadline

MAX_PASSAGES = 6
MAX_SENTENCES = 8


class ReplyWriter(Protocol):
    def write(
        self, conversation: Conversation, passages: Sequence[Passage], deadline: Deadline
    ) -> Generator[Claim | Usage]:
        """Sentences as the model says them, and last what it used; none where the passages do not answer.

        Raises Unavailable, also where the model says anything else than sentences.
        """
        ...


@dataclass(frozen=True, slots=True)
class Replied:
    """The end of a reply; without citations, no document answers."""

    citations: tuple[Citation, ...]
    usage: Usage

    @property
    def is_gap(self) -> bool:
        return not self.citations


def reply(
    writer: ReplyWriter, conversation: Conversation, passages: Sequence[Passage], deadline: Deadline
) -> Iterator[Citation | Replied]:
    """Each sentence that is cited, once; Replied last. Raises Unavailable."""
    citations: list[Citation] = []
    usage = Usage(0, 0)
    if passages:
        with closing(writer.write(conversation, passages, deadline)) as said:
            for each in said:
                if isinstance(each, Usage):
                    usage = each
                    continue
                citation = cited(each, passages)
                if citation is None or len(citations) == MAX_SENTENCES or _is_said(citation, citations):
                    continue
                citations.append(citation)
                yield citation
    yield Replied(tuple(citations), usage)


def _is_said(citation: Citation, citations: Sequence[Citation]) -> bool:
    return any(each.sentence == citation.sentence for each in citations)
