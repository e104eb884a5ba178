"""A mail that was received becomes a ticket, or a reply on one.

| who | writes as | joins a ticket by |
|---|---|---|
| a user whose address is verified | themselves | reply address, References, number in the subject: if it is theirs |
| somebody verified without an account | a stranger of that address | the same |
| whoever is not verified | another stranger | a signed reply address only, of a ticket of that stranger |

So nobody acts as a user by writing their address into From, and a signed address that was passed on opens nobody
else's ticket. What of a mail does not reach the ticket stands there, and its sender gets a mail that names it: nothing
else is answered automatically, and nothing that a machine has sent, so nothing goes in circles.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from knowledge_base.mail.domain.correspondence import (
    Accounts,
    Correspondent,
    Letter,
    Letters,
    Standing,
    Strangers,
    letter_id_of,
    letter_id_of_mail,
)
from knowledge_base.mail.domain.parsing import MAX_SUBJECT, Mail, MailFile, Unreadable, parse
from knowledge_base.mail.domain.reply_addresses import ReplyAddresses
from knowledge_base.mail.domain.texts import MAX_TEXT
from knowledge_base.tickets.domain.threads import MAX_ATTACHMENTS
from knowledge_base.tickets.domain.tickets import MAX_MERGE_LEVELS
from shared.errors import Conflict, NotFound
from shared.text.characters import is_visible

MAX_MAILS_AN_HOUR = 30
"""Of one sender. More is a machine that does not say so."""
NO_SUBJECT = "(no subject)"

_NUMBER = re.compile(r"\[#(\d{1,12})\]")


class Outcome(StrEnum):
    OPENED = "opened"
    REPLIED = "replied"
    REPEATED = "repeated"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Received:
    """`reason` says why a mail was refused. `is_kept`: whether the bucket keeps it, for those who look after them."""

    outcome: Outcome
    ticket_id: str | None = None
    reason: str | None = None
    is_kept: bool = True
    notice: str | None = None
    """What came of the mail that says what is missing; None where nothing is."""


ERASED = Received(Outcome.REFUSED, reason="erased", is_kept=False)


@dataclass(frozen=True, slots=True)
class Thread:
    """What mail needs of a ticket: which goes on in its place, and those that it goes on for."""

    ticket_id: str
    number: int
    user_id: str
    subject: str
    merged_into: str | None = None
    merged: tuple[str, ...] = ()
    has_account: bool = True


@dataclass(frozen=True, slots=True)
class Words:
    """What a mail brings a ticket: `attachments` are ids of its files, `missing` what of it is not there, and why."""

    text: str
    attachments: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


class Tickets(Protocol):
    """Every method raises Unavailable. What is repeated with the same key does nothing again."""

    def find(self, ticket_id: str) -> Thread | None: ...

    def numbered(self, user_id: str, number: int) -> Thread | None:
        """Of this user's."""
        ...

    def open(self, sender: Correspondent, subject: str, words: Words, key: str, now: datetime) -> str:
        """The id of the new ticket. Raises NotFound for somebody who was erased."""
        ...

    def reply(self, thread: Thread, words: Words, key: str, now: datetime) -> None:
        """As the ticket's own user. Raises Conflict where it is closed, NotFound where it has gone."""
        ...


class Files(Protocol):
    def keep(self, user_id: str, file: MailFile, key: str, now: datetime) -> str:
        """The id of an attachment of this user's, the same for the same key.

        Raises Unfit for what cannot be one; Unavailable.
        """
        ...


class Notices(Protocol):
    def send(self, letter: Letter, missing: Sequence[str], now: datetime) -> str:
        """Mail the sender of this letter what of it is missing, once. What came of it. Raises Unavailable."""
        ...


class Unfit(Exception):
    """The message says why, as people read it: "larger than 10 MB"."""


@dataclass(frozen=True, slots=True)
class Receiving:
    tickets: Tickets
    files: Files
    letters: Letters
    accounts: Accounts
    strangers: Strangers
    addresses: ReplyAddresses
    notices: Notices | None = None
    """None where the help desk sends no mail."""

    def receive(self, data: bytes, key: str, received_at: datetime, now: datetime) -> Received:
        """`key` is the object's in the bucket, put there at `received_at`. May be repeated. Raises Unavailable."""
        try:
            mail = parse(data, self.addresses.domain)
        except Unreadable as error:
            return Received(Outcome.REFUSED, reason=str(error))
        sender = self._sender(mail, received_at)
        if sender is None:
            return ERASED
        letter_id = letter_id_of_mail(mail)
        try:
            if earlier := self.letters.find(sender.user_id, [letter_id]):
                return self._repeated(mail, sender, earlier[0], key, now)
            if self.letters.count(sender.user_id, now) > MAX_MAILS_AN_HOUR:
                return Received(Outcome.REFUSED, reason="too many")
            words = self._words(mail, sender, letter_id, now)
            outcome, ticket_id = self._write(mail, sender, words, letter_id, now)
            letter = Letter(
                user_id=sender.user_id,
                letter_id=letter_id,
                ticket_id=ticket_id,
                address=sender.address,
                standing=sender.standing,
                message_id=mail.message_id,
                key=key,
                at=now,
            )
            if not self.letters.add(letter):  # the same mail was worked on at the same time
                return self.receive(data, key, received_at, now)
            return Received(outcome, ticket_id, notice=self._notice(mail, letter, words, now))
        except NotFound:
            return ERASED

    def _repeated(self, mail: Mail, sender: Correspondent, letter: Letter, key: str, now: datetime) -> Received:
        """Of the same object it may be that the notice has failed; another one is a second delivery of the mail."""
        if letter.key != key:
            return Received(Outcome.REPEATED, letter.ticket_id, is_kept=False)
        words = self._words(mail, sender, letter.letter_id, now)
        return Received(Outcome.REPEATED, letter.ticket_id, notice=self._notice(mail, letter, words, now))

    def _notice(self, mail: Mail, letter: Letter, words: Words, now: datetime) -> str | None:
        if not words.missing or not self._is_answered(mail) or not self.notices:
            return None
        return self.notices.send(letter, words.missing, now)

    def _is_answered(self, mail: Mail) -> bool:
        return self.notices is not None and not mail.is_suspicious

    def _sender(self, mail: Mail, received_at: datetime) -> Correspondent | None:
        """None for whoever was erased since."""
        user_id = self.accounts.user_of(mail.sender) if mail.is_verified else None
        if user_id is not None:
            return Correspondent(user_id, Standing.USER, mail.sender)
        standing = Standing.VERIFIED if mail.is_verified else Standing.UNVERIFIED
        stranger_id = self.strangers.id_of(mail.sender, standing, received_at)
        return Correspondent(stranger_id, standing, mail.sender) if stranger_id else None

    def _write(
        self, mail: Mail, sender: Correspondent, words: Words, letter_id: str, now: datetime
    ) -> tuple[Outcome, str]:
        for thread in self._threads(mail, sender):
            try:
                self.tickets.reply(thread, words, letter_id, now)
            except (Conflict, NotFound):
                continue  # it had its last word: a new ticket goes on
            return Outcome.REPLIED, thread.ticket_id
        subject = mail.subject if is_visible(mail.subject) else NO_SUBJECT
        return Outcome.OPENED, self.tickets.open(sender, subject[:MAX_SUBJECT], words, letter_id, now)

    def _words(self, mail: Mail, sender: Correspondent, letter_id: str, now: datetime) -> Words:
        kept, missing = list[str](), list[str]()
        for position, file in enumerate(mail.files):
            try:
                kept.append(self.files.keep(sender.user_id, file, f"{letter_id} {position}", now))
            except Unfit as error:
                missing.append(f"{file.name} ({error})")
        if mail.more_files:
            missing.append(f"{mail.more_files} more files ({MAX_ATTACHMENTS} are kept of a mail)")
        if mail.cut_off:
            missing.append(mail.cut_off)
        text = body_of(mail, sender.standing, missing, is_answered=self._is_answered(mail))
        return Words(text, tuple(kept), tuple(missing))

    def _threads(self, mail: Mail, sender: Correspondent) -> Iterator[Thread]:
        """The sender's own tickets to which the mail may belong, the surest first."""
        for thread in self._named(mail, sender):
            merges = 0
            while thread and thread.merged_into and merges < MAX_MERGE_LEVELS:
                thread, merges = self.tickets.find(thread.merged_into), merges + 1
            if thread and thread.user_id == sender.user_id:
                yield thread

    def _named(self, mail: Mail, sender: Correspondent) -> Iterator[Thread | None]:
        for recipient in mail.recipients:
            if ticket_id := self.addresses.ticket_of(recipient):
                yield self.tickets.find(ticket_id)
        if sender.standing is Standing.UNVERIFIED:
            return
        references = [letter_id_of(reference) for reference in reversed(mail.references)]
        for letter in self.letters.find(sender.user_id, references):
            yield self.tickets.find(letter.ticket_id)
        for number in _NUMBER.findall(mail.subject):
            yield self.tickets.numbered(sender.user_id, int(number))


def body_of(mail: Mail, standing: Standing, missing: Sequence[str] = (), *, is_answered: bool = False) -> str:
    """The words, and what cannot be seen otherwise: what of the mail is missing, and whether its sender hears of it."""
    remarks = []
    if standing is Standing.UNVERIFIED:
        remarks.append("[It is not certain that this mail is from the address that it names.]")
    if missing:
        notice = (
            "Its sender gets a mail that says so." if is_answered else "Its sender gets no automatic mail about it."
        )
        remarks.append(f"[Missing from this mail: {', '.join(missing)}. {notice}]")
    room = MAX_TEXT - sum(len(remark) + 2 for remark in remarks)
    return "\n\n".join([*filter(is_visible, [mail.text[:room]]), *remarks]) or NO_SUBJECT
