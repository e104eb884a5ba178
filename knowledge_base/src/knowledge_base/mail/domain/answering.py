"""What staff reply to somebody who has written by mail goes back by mail, in the same thread."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Protocol

from knowledge_base.mail.domain.correspondence import Accounts, Letter, Letters, Standing, letter_id_of
from knowledge_base.mail.domain.receiving import Thread
from knowledge_base.mail.domain.reply_addresses import ReplyAddresses
from knowledge_base.mail.domain.texts import MARKER

MAX_REFERENCES = 10
_POLICY = policy.SMTP.clone(max_line_length=998)
"""Shorter lines would have long references encoded, which no mail program reads."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An entry of staff's, with the thread that it is on."""

    reply_id: str
    thread: Thread
    text: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """`reply_to` is a signed address. `references` are message ids, in angle brackets, the nearest last."""

    to: str
    reply_to: str
    subject: str
    text: str
    references: tuple[str, ...] = field(default=())


class Replies(Protocol):
    def find(self, ticket_id: str, reply_id: str) -> Reply | None:
        """None also for a note, and for what its supporter has written. Raises Unavailable."""
        ...


class Sender(Protocol):
    def send(self, mail: Outgoing) -> str:
        """The Message-ID that recipients see. Raises Unavailable; Refused for what is never accepted."""
        ...


class Refused(Exception):
    """The mail is never accepted; the message is SES's code."""


@dataclass(frozen=True, slots=True)
class Answering:
    """At least once: where a function dies between SES's answer and the note of it, the mail is sent again."""

    replies: Replies
    letters: Letters
    accounts: Accounts
    addresses: ReplyAddresses
    sender: Sender

    def answer(self, ticket_id: str, reply_id: str, now: datetime) -> str:
        """What came of it, for the log. Raises Unavailable."""
        reply = self.replies.find(ticket_id, reply_id)
        if reply is None:
            return "no reply to send"
        user_id = reply.thread.user_id
        sent = letter_id_of(f"reply {reply_id}")
        if self.letters.find(user_id, [sent]):
            return "sent already"
        letters = self._letters(reply.thread)
        if not any(letter.key for letter in letters):
            return "not by mail"
        standing = letters[0].standing  # who has an account is written to as it says
        address = self.accounts.address_of(user_id) if standing is Standing.USER else letters[0].address
        if address is None:
            return "no address"
        mail = composed(reply, address, self.addresses.of_ticket(ticket_id), letters)
        try:
            message_id = self.sender.send(mail)
        except Refused as error:
            return f"refused: {error}"
        # under its own id, that it was sent; under the message's, so that answers find the ticket
        for letter_id in (letter_id_of(message_id), sent):
            self.letters.add(
                Letter(
                    user_id=user_id,
                    letter_id=letter_id,
                    ticket_id=ticket_id,
                    address=address,
                    standing=standing,
                    message_id=message_id if letter_id != sent else None,
                    key=None,
                    at=now,
                )
            )
        return "sent"

    def _letters(self, thread: Thread) -> Sequence[Letter]:
        """The oldest first."""
        tickets = (thread.ticket_id, *thread.merged)
        found = [letter for each in tickets for letter in self.letters.of_ticket(thread.user_id, each)]
        return sorted(found, key=lambda letter: letter.at)


def composed(reply: Reply, to: str, reply_to: str, letters: Sequence[Letter]) -> Outgoing:
    subject = reply.thread.subject.removeprefix("Re: ")
    tag = f"[#{reply.thread.number}]"
    subject = subject if tag in subject else f"{subject} {tag}"
    references = tuple(letter.message_id for letter in letters if letter.message_id)[-MAX_REFERENCES:]
    return Outgoing(to, reply_to, f"Re: {subject}", f"{MARKER}\n\n{reply.text}\n", references)


def raw(mail: Outgoing, sender: str, now: datetime) -> bytes:
    """As it is sent. `sender` is an address, with or without a name."""
    message = EmailMessage(policy=_POLICY)
    message["From"] = sender
    message["To"] = mail.to
    message["Reply-To"] = mail.reply_to
    message["Subject"] = " ".join(mail.subject.split())
    message["Date"] = format_datetime(now)
    if mail.references:
        message["In-Reply-To"] = mail.references[-1]
        message["References"] = " ".join(mail.references)
    message.set_content(mail.text)
    return message.as_bytes()
