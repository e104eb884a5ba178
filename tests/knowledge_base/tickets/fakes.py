"""Tickets in memory."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

from knowledge_base.tickets.domain.attachments import (
    ATTACHMENT,
    Attachment,
    AttachmentState,
    Flaw,
    UploadedFile,
    WantedFile,
)
from knowledge_base.tickets.domain.canned_replies import CannedReply, CannedReplyPage
from knowledge_base.tickets.domain.handling import Viewer
from knowledge_base.tickets.domain.stores import ENTRY, ERASED, TICKET, Filters, TicketPage
from knowledge_base.tickets.domain.threads import Entry, Kind, Stretch
from knowledge_base.tickets.domain.tickets import Ticket, TicketStatus
from shared.idempotency.claims import Claim, FirstAnswer
from shared.persistence.unit_of_work import UnitOfWork
from shared.s3.upload_form import UploadForm
from tests.shared.first_answers import RecordsInTransactions
from tests.shared.persistence.fake_transactions import LOCK, step


class FakeTickets:
    """`log` has every change, with the ticket before it, as the table's stream has it."""

    def __init__(self) -> None:
        self.by_id: dict[str, Ticket] = {}
        self.erased: set[str] = set()
        self.log: list[tuple[Ticket | None, Ticket]] = []

    def find(self, ticket_id: str) -> Ticket | None:
        return self.by_id.get(ticket_id)

    def find_all(self, ticket_ids: Sequence[str]) -> Sequence[Ticket]:
        return [self.by_id[each] for each in ticket_ids if each in self.by_id]

    def listed(self, filters: Filters, after: str | None, limit: int) -> TicketPage:
        found = sorted(filter(filters.match, self.by_id.values()), key=lambda each: each.ticket_id, reverse=True)
        rest = [each for each in found if after is None or each.ticket_id < after]
        return TicketPage(rest[:limit], rest[limit - 1].ticket_id if len(rest) > limit else None)

    def solved(self) -> Iterable[Ticket]:
        return [each for each in self.by_id.values() if each.status is TicketStatus.SOLVED]

    def add(self, ticket: Ticket, unit_of_work: UnitOfWork) -> None:
        step(TICKET, lambda: ticket.ticket_id not in self.by_id, lambda: self._keep(ticket))(unit_of_work)

    def require_person(self, user_id: str, unit_of_work: UnitOfWork) -> None:
        step(ERASED, lambda: user_id not in self.erased, lambda: None)(unit_of_work)

    def change(self, ticket: Ticket, unit_of_work: UnitOfWork) -> None:
        def is_seen() -> bool:
            stored = self.by_id.get(ticket.ticket_id)
            return stored is not None and stored.version == ticket.version - 1

        def write() -> None:
            self._keep(replace(ticket, stale=self.by_id[ticket.ticket_id].stale))

        step(TICKET, is_seen, write)(unit_of_work)

    def require(self, ticket_id: str, unit_of_work: UnitOfWork) -> None:
        step(TICKET, lambda: ticket_id in self.by_id, lambda: None)(unit_of_work)

    def mark_stale(self, ticket_id: str) -> bool:
        ticket = self.by_id.get(ticket_id)
        if ticket is None or ticket.status not in {TicketStatus.OPEN, TicketStatus.PENDING}:
            return False
        self._keep(replace(ticket, stale=True))
        return True

    def mark_fresh(self, ticket_id: str) -> None:
        if ticket_id in self.by_id:
            self._keep(replace(self.by_id[ticket_id], stale=False))

    def _keep(self, ticket: Ticket) -> None:
        self.log.append((self.by_id.get(ticket.ticket_id), ticket))
        self.by_id[ticket.ticket_id] = ticket


class FakeThreads:
    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def add(self, entry: Entry, unit_of_work: UnitOfWork) -> None:
        ids = {(each.ticket_id, each.entry_id) for each in self.entries}
        is_new = (entry.ticket_id, entry.entry_id) not in ids
        step(ENTRY, lambda: is_new, lambda: self.entries.append(entry))(unit_of_work)

    def of_ticket(self, ticket_id: str) -> Sequence[Entry]:
        """The oldest first."""
        found = (each for each in self.entries if each.ticket_id == ticket_id)
        return sorted(found, key=lambda each: each.entry_id)

    def find(self, ticket_id: str, entry_id: str) -> Entry | None:
        return next((each for each in self.of_ticket(ticket_id) if each.entry_id == entry_id), None)

    def opening(self, ticket_id: str) -> Entry | None:
        return next((each for each in self.of_ticket(ticket_id)[:1] if each.kind is Kind.OPENING), None)

    def newest(self, ticket_ids: Sequence[str], before: str | None, limit: int, *, notes: bool) -> Sequence[Stretch]:
        def stretch(ticket_id: str) -> Stretch:
            left = [each for each in self.of_ticket(ticket_id)[::-1] if before is None or each.entry_id < before]
            looked_at = left[:limit]
            shown = [each for each in looked_at if notes or not each.is_private]
            return Stretch(shown, looked_at[-1].entry_id if len(left) >= limit else None)

        return [stretch(each) for each in ticket_ids]


class FakeNumbers:
    def __init__(self) -> None:
        self._numbers = count(1)

    def next(self) -> int:
        return next(self._numbers)


class FakeViewers:
    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], Viewer] = {}

    def note(self, ticket_id: str, viewer: Viewer) -> None:
        self.kept[ticket_id, viewer.user_id] = viewer

    def of_ticket(self, ticket_id: str, now: datetime) -> Sequence[Viewer]:
        return [each for (of, _), each in sorted(self.kept.items()) if of == ticket_id and each.until > now]


class FakeCannedReplies:
    def __init__(self, first_answers: RecordsInTransactions) -> None:
        self.by_id: dict[str, CannedReply] = {}
        self._first_answers = first_answers

    def add(self, reply: CannedReply, claim: Claim | None, answered: object, now: datetime) -> None:
        if claim:
            self._first_answers.kept.record(claim.answered(answered, now))
        self.by_id[reply.canned_reply_id] = reply

    def find(self, canned_reply_id: str) -> CannedReply | None:
        return self.by_id.get(canned_reply_id)

    def listed(self, after: str | None, limit: int) -> CannedReplyPage:
        rest = [self.by_id[each] for each in sorted(self.by_id, reverse=True) if after is None or each < after]
        return CannedReplyPage(rest[:limit], rest[limit - 1].canned_reply_id if len(rest) > limit else None)

    def replace(self, reply: CannedReply) -> bool:
        with LOCK:
            stored = self.by_id.get(reply.canned_reply_id)
            if stored is None or stored.version != reply.version - 1:
                return False
            self.by_id[reply.canned_reply_id] = reply
            return True

    def remove(self, canned_reply_id: str) -> None:
        self.by_id.pop(canned_reply_id, None)


class FakeAttachments:
    def __init__(self, first_answers: RecordsInTransactions) -> None:
        self.by_id: dict[str, Attachment] = {}
        self._first_answers = first_answers

    def add(self, attachment: Attachment, answer: FirstAnswer | None) -> None:
        self._first_answers.kept.record(answer)
        self.by_id[attachment.attachment_id] = attachment

    def add_new(self, attachment: Attachment) -> None:
        self.by_id.setdefault(attachment.attachment_id, attachment)

    def find(self, attachment_id: str) -> Attachment | None:
        return self.by_id.get(attachment_id)

    def find_all(self, attachment_ids: Sequence[str]) -> Mapping[str, Attachment]:
        return {each: self.by_id[each] for each in attachment_ids if each in self.by_id}

    def attach(self, attachment: Attachment, position: int, unit_of_work: UnitOfWork) -> None:
        id_ = attachment.attachment_id

        def is_free() -> bool:
            stored = self.by_id.get(id_)
            return (
                stored is not None
                and stored.user_id == attachment.user_id
                and stored.ticket_id is None
                and stored.state is not AttachmentState.REFUSED
            )

        def write() -> None:
            stored = self.by_id[id_]
            self.by_id[id_] = replace(stored, ticket_id=attachment.ticket_id, is_private=attachment.is_private)

        step(f"{ATTACHMENT} {position}", is_free, write)(unit_of_work)

    def settle(self, attachment_id: str, state: AttachmentState, reason: Flaw | None, file: UploadedFile) -> bool:
        stored = self.by_id.get(attachment_id)
        if stored is None or stored.state is not AttachmentState.WAITING:
            return False
        self.by_id[attachment_id] = replace(
            stored, state=state, reason=reason, version_id=file.version_id, size_bytes=file.size_bytes
        )
        return True


class FakeFiles:
    """`versions` are the bytes of each upload, the latest last."""

    def __init__(self) -> None:
        self.versions: dict[str, dict[str, bytes]] = {}
        self._ids = count(1)

    def put(self, attachment: Attachment, content: bytes) -> UploadedFile:
        self.upload(attachment.attachment_id, content)
        version_id = list(self.versions[attachment.attachment_id])[-1]
        return UploadedFile(version_id, len(content))

    def upload(self, attachment_id: str, content: bytes) -> None:
        self.versions.setdefault(attachment_id, {})[f"v{next(self._ids)}"] = content

    def form(self, attachment_id: str, wanted: WantedFile, expires_in: timedelta) -> UploadForm:
        fields = {"key": attachment_id, "Content-Type": wanted.type, "expires": str(expires_in.seconds)}
        return UploadForm("https://uploads.example.org/", fields)

    def uploaded(self, attachment_id: str) -> UploadedFile | None:
        found = self.versions.get(attachment_id)
        if not found:
            return None
        version_id, content = list(found.items())[-1]
        return UploadedFile(version_id, len(content))

    def content(self, attachment_id: str, file: UploadedFile) -> bytes | None:
        return self.versions.get(attachment_id, {}).get(file.version_id)

    def discard(self, attachment_id: str, file: UploadedFile) -> None:
        self.versions.get(attachment_id, {}).pop(file.version_id, None)

    def delete(self, attachment_id: str) -> None:
        self.versions.pop(attachment_id, None)

    def link(self, attachment: Attachment, expires_in: timedelta) -> str:
        query = f"version={attachment.version_id}&for={expires_in.seconds}"
        return f"https://uploads.example.org/{attachment.attachment_id}?{query}"


class FakeStaff:
    def __init__(self, *user_ids: str) -> None:
        self.user_ids = frozenset(user_ids)

    def among(self, user_ids: Iterable[str]) -> frozenset[str]:
        return self.user_ids & frozenset(user_ids)
