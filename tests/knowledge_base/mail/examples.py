"""Mails, and fakes of what they become."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.message import EmailMessage

from knowledge_base.mail.domain.correspondence import Correspondent, Letter, Standing
from knowledge_base.mail.domain.notices import MissingNotices
from knowledge_base.mail.domain.outgoing import Outgoing, Posting
from knowledge_base.mail.domain.parsing import MailFile
from knowledge_base.mail.domain.receiving import Received, Receiving, Thread, Unfit, Words
from knowledge_base.mail.domain.reply_addresses import ReplyAddresses
from shared.errors import Conflict, NotFound
from shared.ids import new_id

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
ADDRESSES = ReplyAddresses("help@almoner.example", "a secret key")
AMARA, AMARA_ID = "amara.okafor@example.org", "11111111-1111-4111-8111-111111111111"
USER = Correspondent(AMARA_ID, Standing.USER, AMARA)
PASSED = "amazonses.com; spf=pass smtp.mailfrom=example.org; dkim=pass header.i=@example.org; dmarc=pass header.from={}"


def eml(
    text: str = "My parcel is late.",
    headers: Mapping[str, str | None] | Mapping[str, str] | None = None,
    *,
    sender: str = AMARA,
    verified: bool = True,
    subject: str = "Where is my parcel?",
) -> bytes:
    """As SES would put it into the bucket; a header of None is left out."""
    findings = PASSED.format(sender.rpartition("@")[2]) if verified else "amazonses.com; spf=fail; dmarc=fail"
    named: dict[str, str | None] = {
        "Return-Path": f"<{sender}>",
        "Received": "from mail.example.org by inbound-smtp.eu-west-2.amazonaws.com",
        "X-SES-Spam-Verdict": "PASS",
        "X-SES-Virus-Verdict": "PASS",
        "Authentication-Results": findings,
        "From": f"Amara Okafor <{sender}>",
        "To": "help@almoner.example",
        "Subject": subject,
        "Message-ID": "<first@mail.example.org>",
        "Content-Type": "text/plain; charset=utf-8",
    }
    named.update(headers or {})
    lines = [f"{name}: {value}" for name, value in named.items() if value is not None]
    return "\r\n".join([*lines, "", *text.split("\n"), ""]).encode()


def eml_with_files(
    *files: tuple[str, str, bytes], headers: Mapping[str, str] | None = None, sender: str = AMARA
) -> bytes:
    """Of names, types and contents."""
    message = EmailMessage()
    message.set_content("See the files.")
    for name, content_type, content in files:
        kind, _, subtype = content_type.partition("/")
        message.add_attachment(content, maintype=kind, subtype=subtype, filename=name)
    _, _, body = message.as_bytes().partition(b"\n\n")
    typed = {"MIME-Version": "1.0", "Content-Type": str(message["Content-Type"])}
    return eml("", typed | dict(headers or {}), sender=sender).rstrip() + b"\r\n\r\n" + body


@dataclass
class FakeTickets:
    threads: dict[str, Thread] = field(default_factory=dict)
    texts: dict[str, list[str]] = field(default_factory=dict)
    attachments: dict[str, list[str]] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    erased: set[str] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)

    def find(self, ticket_id: str) -> Thread | None:
        return self.threads.get(ticket_id)

    def numbered(self, user_id: str, number: int) -> Thread | None:
        return next((each for each in self.threads.values() if (each.user_id, each.number) == (user_id, number)), None)

    def open(self, sender: Correspondent, subject: str, words: Words, key: str, now: datetime) -> str:
        user_id = sender.user_id
        if user_id in self.erased:
            raise NotFound("There is no such supporter.")
        ticket_id = new_id(now)
        self.keys.add(key)
        self.threads[ticket_id] = Thread(
            ticket_id, len(self.threads) + 1, user_id, subject, has_account=sender.standing is Standing.USER
        )
        self.texts[ticket_id] = [words.text]
        self.attachments[ticket_id] = list(words.attachments)
        return ticket_id

    def reply(self, thread: Thread, words: Words, key: str, now: datetime) -> None:  # noqa: ARG002  the protocol's
        if thread.ticket_id in self.closed:
            raise Conflict("The ticket is closed.")
        self.keys.add(key)
        self.texts[thread.ticket_id].append(words.text)
        self.attachments[thread.ticket_id] += words.attachments

    def merge(self, source: str, target: str) -> None:
        self.threads[source] = replace(self.threads[source], merged_into=target)
        self.threads[target] = replace(self.threads[target], merged=(source,))
        self.closed.add(source)


@dataclass
class FakeFiles:
    """Takes PDFs."""

    kept: dict[str, MailFile] = field(default_factory=dict)

    def keep(self, user_id: str, file: MailFile, key: str, now: datetime) -> str:  # noqa: ARG002
        if not file.content.startswith(b"%PDF-"):
            raise Unfit("not a kind of file that we take")
        self.kept[f"{user_id} {key}"] = file
        return f"{user_id} {key}"


@dataclass
class FakeLetters:
    letters: dict[tuple[str, str], Letter] = field(default_factory=dict)
    counts: dict[tuple[str, datetime], int] = field(default_factory=dict)
    erased: set[str] = field(default_factory=set)

    def find(self, user_id: str, letter_ids: Sequence[str]) -> Sequence[Letter]:
        keys = [(user_id, each) for each in dict.fromkeys(letter_ids)]
        return [self.letters[key] for key in keys if key in self.letters]

    def of_tickets(self, user_id: str, ticket_ids: Sequence[str]) -> Sequence[Letter]:
        found = [each for each in self.letters.values() if each.user_id == user_id and each.ticket_id in ticket_ids]
        return sorted(found, key=lambda each: each.at)

    def add(self, letter: Letter) -> bool:
        if letter.user_id in self.erased:
            raise NotFound("There is no such correspondent.")
        return self.letters.setdefault((letter.user_id, letter.letter_id), letter) is letter

    def count(self, user_id: str, now: datetime) -> int:
        hour = user_id, now.replace(minute=0, second=0, microsecond=0)
        self.counts[hour] = self.counts.get(hour, 0) + 1
        return self.counts[hour]


@dataclass
class FakeAccounts:
    """Who is `disabled` may not sign in any more."""

    addresses: dict[str, str] = field(default_factory=lambda: {AMARA_ID: AMARA})
    disabled: set[str] = field(default_factory=set)

    def user_of(self, address: str) -> str | None:
        return next((each for each in self.addresses if self.address_of(each) == address), None)

    def address_of(self, user_id: str) -> str | None:
        return None if user_id in self.disabled else self.addresses.get(user_id)

    def last_address_of(self, user_id: str) -> str | None:
        return self.addresses.get(user_id)


@dataclass
class FakeStrangers:
    """`ids` with the time of their first mail. What is in `erasing` goes once somebody clears it."""

    ids: dict[tuple[str, Standing], tuple[str, datetime]] = field(default_factory=dict)
    former: dict[str, set[str]] = field(default_factory=dict)
    erased: dict[tuple[str, Standing], datetime] = field(default_factory=dict)
    erased_users: dict[str, datetime] = field(default_factory=dict)
    erasing: set[str] = field(default_factory=set)

    def id_of(self, address: str, standing: Standing, received_at: datetime) -> str | None:
        holder = address, standing
        if holder in self.erased and received_at <= self.erased[holder]:
            return None
        return self.ids.setdefault(holder, (new_id(received_at), received_at))[0]

    def leave(self, user_id: str, address: str, at: datetime) -> None:
        left = self._taken(address, at)
        if user_id in self.erased_users:
            self.erasing |= left
        else:
            self.former.setdefault(user_id, set()).update(left)

    def erase_address(self, address: str, at: datetime, now: datetime) -> bool:  # noqa: ARG002
        for standing in (Standing.VERIFIED, Standing.UNVERIFIED):
            self.erased[address, standing] = max(at, self.erased.get((address, standing), at))
        self.erasing |= self._taken(address, at)
        return not self.erasing

    def erase_user(self, user_id: str, now: datetime) -> tuple[datetime, bool]:
        self.erasing |= self.former.pop(user_id, set())
        return self.erased_users.setdefault(user_id, now), not self.erasing

    def _taken(self, address: str, at: datetime) -> set[str]:
        holders = [each for each, (_, given_at) in self.ids.items() if each[0] == address and given_at <= at]
        return {self.ids.pop(each)[0] for each in holders}


@dataclass
class FakeSender:
    sent: list[Outgoing] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)

    def send(self, mail: Outgoing) -> str:
        if self.failures:
            raise self.failures.pop()
        self.sent.append(mail)
        return f"<{len(self.sent)}@eu-west-2.amazonses.com>"


@dataclass
class Post:
    """A help desk with its mail."""

    tickets: FakeTickets = field(default_factory=FakeTickets)
    files: FakeFiles = field(default_factory=FakeFiles)
    letters: FakeLetters = field(default_factory=FakeLetters)
    accounts: FakeAccounts = field(default_factory=FakeAccounts)
    strangers: FakeStrangers = field(default_factory=FakeStrangers)
    sender: FakeSender = field(default_factory=FakeSender)
    sends_mail: bool = True

    @property
    def receiving(self) -> Receiving:
        notices = MissingNotices(self.tickets, ADDRESSES, Posting(self.letters, self.sender))
        return Receiving(
            self.tickets,
            self.files,
            self.letters,
            self.accounts,
            self.strangers,
            ADDRESSES,
            notices if self.sends_mail else None,
        )

    def receive(self, mail: bytes, key: str = "inbox/1", at: datetime = NOW) -> Received:
        return self.receiving.receive(mail, key, at, at)
