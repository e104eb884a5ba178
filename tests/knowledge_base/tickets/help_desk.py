"""Everything of tickets in memory, and the requests of people to it."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from knowledge_base.customers.domain.contexts import CustomerContext, composed
from knowledge_base.customers.domain.contexts import Reading as CustomerReading
from knowledge_base.customers.domain.records import Customer, Records
from knowledge_base.router import router
from knowledge_base.suggestions.domain.passages import Passage
from knowledge_base.suggestions.domain.suggesting import Suggestion
from knowledge_base.tickets.domain.assisting import Assisting
from knowledge_base.tickets.domain.canned_replies import Library
from knowledge_base.tickets.domain.closing import Closing
from knowledge_base.tickets.domain.handling import Handling
from knowledge_base.tickets.domain.reading import Reading
from knowledge_base.tickets.domain.uploads import Inspection, Uploads
from knowledge_base.tickets.domain.writing import Writing
from shared.errors import Unavailable
from shared.persistence.unit_of_work import UnitOfWork
from tests.knowledge_base.tickets.examples import LEVELS
from tests.knowledge_base.tickets.fakes import (
    FakeAttachments,
    FakeCannedReplies,
    FakeFiles,
    FakeNumbers,
    FakeStaff,
    FakeThreads,
    FakeTickets,
    FakeViewers,
)
from tests.shared.executors import InTurn
from tests.shared.first_answers import RecordsInTransactions
from tests.shared.gateway_events import access_claims
from tests.shared.http_api_calls import call
from tests.shared.persistence.fake_transactions import FakeTransaction

ADA, BOB, PRIYA, TOM = "ada", "bob", "priya", "tom"
"""Two supporters, somebody of staff, and an admin."""

FILE = {"name": "Quittung für 2026.pdf", "contentType": "application/pdf", "size": 1000}
_GROUPS = {PRIYA: "[staff]", TOM: "[admin]"}


@dataclass
class HelpDesk:
    tickets: FakeTickets = field(default_factory=FakeTickets)
    threads: FakeThreads = field(default_factory=FakeThreads)
    viewers: FakeViewers = field(default_factory=FakeViewers)
    files: FakeFiles = field(default_factory=FakeFiles)
    first_answers: RecordsInTransactions = field(default_factory=RecordsInTransactions)
    is_silent: bool = False
    names: dict[str, str] = field(default_factory=lambda: {ADA: "Ada Lovelace", PRIYA: "Priya Nair"})

    def __post_init__(self) -> None:
        self.attachments = FakeAttachments(self.first_answers)
        begin = self.begin
        self.writing = Writing(
            self.tickets, self.threads, self.attachments, FakeNumbers(), LEVELS, self.first_answers, begin
        )
        self.handling = Handling(self.tickets, self.viewers, FakeStaff(PRIYA, TOM), LEVELS, self.first_answers, begin)
        self.reading = Reading(self.tickets, self.threads, self.attachments, self.files)
        self.library = Library(FakeCannedReplies(self.first_answers), self.tickets, self.first_answers, self.names.get)
        self.uploads = Uploads(self.attachments, self.files, self.first_answers)
        self.inspection = Inspection(self.attachments, self.files)
        self.assisting = Assisting(self, self.suggest, InTurn())
        self.closing = Closing(self.tickets, self.tickets, LEVELS, begin)

    def context_of(self, user_id: str) -> CustomerContext:
        customer = Customer(user_id, self.names.get(user_id, ""), f"{user_id}@example.org", None)
        return composed(user_id, CustomerReading(None, Records(customer), ()), datetime.now(UTC))

    def suggest(self, ticket_id: str, question: str) -> tuple[Suggestion, ...]:
        if self.is_silent:
            raise Unavailable("The knowledge base does not answer.")
        passage = Passage(document_id="d1", version=1, title=ticket_id, source="s3://d", text=question, score=0.5)
        return (Suggestion("s1", passage),)

    def begin(self) -> UnitOfWork:
        return FakeTransaction()


def as_user(
    user_id: str,
    route: str,
    body: object = None,
    *,
    key: str | None = None,
    query: dict[str, str] | None = None,
    **path: str,
) -> tuple[int, Any]:
    claims = access_claims(user_id, _GROUPS.get(user_id))
    headers = {"idempotency-key": key} if key else {}
    return call(router, route, body, claims=claims, query=query, headers=headers, **path)


def opened(user_id: str = ADA, subject: str = "Where is my receipt?", **more: object) -> str:
    """The id of a new ticket."""
    body = {"subject": subject, "body": "I gave on Friday.", "channel": "web", **more}
    status, answer = as_user(user_id, "POST /tickets", body, key=uuid.uuid4().hex)
    assert status == 201, answer
    return str(answer["ticketId"])


def replied(user_id: str, ticket_id: str, text: str = "Here it is.", **more: object) -> dict[str, Any]:
    route = "POST /tickets/{ticketId}/replies"
    status, answer = as_user(user_id, route, {"text": text, **more}, ticketId=ticket_id)
    assert status == 201, answer
    return dict(answer)


def offered(user_id: str = ADA, **changes: object) -> dict[str, Any]:
    status, answer = as_user(user_id, "POST /attachments", {**FILE, **changes})
    assert status == 201, answer
    return dict(answer)


def uploaded(help_desk: HelpDesk, user_id: str = ADA, content: bytes = b"%PDF-1.7") -> str:
    """The id of an attachment that was inspected."""
    attachment_id = str(offered(user_id)["attachmentId"])
    help_desk.files.upload(attachment_id, content)
    help_desk.inspection.inspect(attachment_id)
    return attachment_id


def read(user_id: str, ticket_id: str) -> dict[str, Any]:
    status, answer = as_user(user_id, "GET /tickets/{ticketId}", ticketId=ticket_id)
    assert status == 200, answer
    return dict(answer)


def amended(user_id: str, ticket_id: str, **changes: object) -> tuple[int, Any]:
    """Of the version that it has now."""
    version = changes.pop("version", None) or read(user_id, ticket_id)["version"]
    return as_user(user_id, "PATCH /tickets/{ticketId}", {"version": version, **changes}, ticketId=ticket_id)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
