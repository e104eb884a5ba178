"""What of a ticket is answered: the words of whoever asks, and what was replied, but nothing of anybody else."""

from dataclasses import dataclass
from typing import Literal, Protocol

_NEWEST = 5
"""Of the messages, for what is looked up: questions of long ago were answered."""


@dataclass(frozen=True, slots=True)
class Said:
    """A message of a ticket; private notes are none."""

    by: Literal["customer", "staff"]
    text: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """A ticket as it was read; `user_id` is the customer's."""

    ticket_id: str
    user_id: str
    subject: str
    messages: tuple[Said, ...]

    @property
    def question(self) -> str:
        """What is looked up: the subject and the customer's newest messages, the latest first."""
        questions = [said.text for said in self.messages if said.by == "customer"][-_NEWEST:]
        return "\n\n".join(text for text in (self.subject, *reversed(questions)) if text.strip())


class Conversations(Protocol):
    def find(self, ticket_id: str) -> Conversation | None:
        """Raises Unavailable."""
        ...

    def mark_stale(self, ticket_id: str) -> None:
        """A document that an open ticket was answered from is not what it was. Idempotent. Raises Unavailable."""
        ...

    def mark_fresh(self, ticket_id: str) -> None:
        """A reply was suggested from documents as they are. Idempotent. Raises Unavailable."""
        ...
