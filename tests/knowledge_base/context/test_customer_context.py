from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest

from knowledge_base.context import wiring
from knowledge_base.context.domain.contexts import TicketContexts
from knowledge_base.context.handlers.customer_context import app
from knowledge_base.customers.domain.contexts import CustomerService
from knowledge_base.customers.domain.interactions import InteractionKind, interaction
from knowledge_base.customers.domain.records import Customer, Donation, Order, Records
from knowledge_base.suggestions.domain.passages import Passage
from knowledge_base.suggestions.domain.suggesting import Suggestion
from knowledge_base.tickets.domain.tickets import Channel, Due, Priority, Ticket, TicketStatus
from shared.errors import Unavailable
from shared.money import Money
from tests.conformance import answers_are_as_declared
from tests.knowledge_base.customers.fakes import FakeInteractions, FakeRecords, FakeVersions
from tests.shared.gateway_events import access_claims
from tests.shared.http_api_calls import SUPPORTER, call

__all__ = ["answers_are_as_declared"]

pytestmark = pytest.mark.usefixtures("edge")

ROUTE = "GET /tickets/{ticketId}/context"
STAFF = access_claims("priya", "[staff]")
NOW = datetime.now(UTC).replace(microsecond=0)
T1, T2 = "0197a1b2-0000-7000-8000-000000000001", "0197a1b2-0000-7000-8000-000000000002"
TICKET = Ticket(
    ticket_id=T1,
    number=7,
    user_id="ada",
    subject="Where is my teapot?",
    channel=Channel.WEB,
    status=TicketStatus.OPEN,
    priority=Priority.NORMAL,
    due=Due(NOW, NOW),
    created_at=NOW,
    updated_at=NOW,
)
PASSAGE = Passage(
    document_id="d1", version=1, title="Parcels", source="s3://docs/parcels.md", text="In a week.", score=0.5
)


class World:
    """What happens while the ticket is read, while what was suggested for it is, and while that is ranked."""

    def __init__(self, threads: ThreadPoolExecutor) -> None:
        self.versions, self.records = FakeVersions(), FakeRecords()
        self.interactions = FakeInteractions(self.versions)
        self.by_id = {T1: TICKET}
        self.ticket_read: Any = bool
        self.offers_read: Any = bool
        self.meanwhile: Any = bool
        service = CustomerService(self.records, self.interactions, self.versions, {}, threads, lambda: NOW)
        self.contexts = TicketContexts(self, service, self.suggest, threads)

    def find(self, ticket_id: str) -> Ticket | None:
        self.ticket_read()
        return self.by_id.get(ticket_id)

    def suggest(self, ticket_id: str, ticket: Callable[[], Ticket]) -> tuple[Suggestion, ...]:
        self.offers_read()
        title = ticket().subject
        self.meanwhile()
        return (Suggestion(f"of {ticket_id}", replace(PASSAGE, title=title)),)


@pytest.fixture(autouse=True)
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with ThreadPoolExecutor(8) as threads:
        world = World(threads)
        monkeypatch.setattr(wiring, "ticket_contexts", lambda: world.contexts)
        yield world


def context(ticket_id: str = T1, claims: Any = STAFF) -> tuple[int, Any]:
    return call(app, ROUTE, claims=claims, ticketId=ticket_id)


def test_staff_do_not_see_what_is_said_of_themselves(world: World) -> None:
    world.by_id[T1] = replace(TICKET, user_id="priya")
    status, problem = context()
    assert (status, "your own ticket" in problem["detail"]) == (403, True)
    assert context(claims=access_claims("tom", "[admin]"))[0] == 200


def test_staff_see_who_wrote_a_ticket_and_what_may_help(world: World) -> None:
    gbp, since = Money(1299, "GBP"), NOW - timedelta(days=900)
    world.records.by_user["ada"] = Records(
        Customer("ada", "Ada Lovelace", "ada@example.org", since),
        (Order("o1", "100001", "placed", gbp, Money(0, "GBP"), NOW - timedelta(days=3)),),
        (Donation("g1", gbp, Money(0, "GBP"), "monthly", NOW - timedelta(days=2)),),
    )
    reply = interaction(InteractionKind.REPLY, "ada", T1, NOW - timedelta(days=1), "e1")
    world.interactions.note(reply, NOW)
    world.interactions.feel(reply, -1.0, NOW)
    status, answer = context()
    assert status == 200
    at = {days: (NOW - timedelta(days=days)).isoformat().replace("+00:00", ".000Z") for days in (1, 2, 3, 900)}
    zero, paid = {"amount": 0, "currency": "GBP"}, {"amount": 1299, "currency": "GBP"}
    assert answer == {
        "customer": {
            "userId": "ada",
            "name": "Ada Lovelace",
            "email": "ada@example.org",
            "since": at[900],
            "placeholder": False,
        },
        "orders": [
            {
                "orderId": "o1",
                "number": "100001",
                "status": "placed",
                "total": paid,
                "refunded": zero,
                "placedAt": at[3],
            }
        ],
        "donations": [
            {
                "donationId": "g1",
                "amount": paid,
                "refunded": zero,
                "frequency": "monthly",
                "receivedAt": at[2],
                "orderId": None,
            }
        ],
        "interactions": [
            {
                "interactionId": reply.interaction_id,
                "kind": "reply",
                "reference": T1,
                "at": at[1],
                "sentiment": -1.0,
            }
        ],
        "sentiment": -1.0,
        "risk": {
            "level": "high",
            "score": 60,
            "factors": [
                {"name": "sentiment", "value": -1.0, "points": 60},
                {"name": "silence", "value": 1, "points": 0},
            ],
            "rules": "2026-12",
        },
        "suggestions": [
            {
                "suggestionId": f"of {T1}",
                "documentId": "d1",
                "title": "Where is my teapot?",
                "passage": "In a week.",
                "source": "s3://docs/parcels.md",
                "score": 0.5,
            }
        ],
    }


def test_only_staff_see_it() -> None:
    assert context(claims=SUPPORTER)[0] == 403
    assert context(claims=access_claims("ada"))[0] == 403
    assert context(claims=None)[0] == 401


def test_what_is_not_there_is_not_found() -> None:
    assert context(T2)[0] == 404


def test_customer_and_suggestions_are_read_at_the_same_time(world: World) -> None:
    both = Barrier(2, timeout=5)
    world.meanwhile = world.records.meanwhile = both.wait
    assert context()[0] == 200


def test_the_ticket_is_read_at_the_same_time_as_what_was_suggested_for_it(world: World) -> None:
    both = Barrier(2, timeout=5)
    world.ticket_read = world.offers_read = both.wait
    assert context()[0] == 200


def fail() -> None:
    raise Unavailable("down")


def test_without_a_knowledge_base_there_are_no_suggestions(world: World) -> None:
    world.meanwhile = fail
    status, answer = context()
    assert (status, answer["suggestions"]) == (200, [])


def test_without_a_database_the_customer_is_a_placeholder(world: World) -> None:
    world.records.meanwhile = fail
    status, answer = context()
    assert (status, answer["customer"]["placeholder"], answer["customer"]["userId"]) == (200, True, "ada")
    assert len(answer["suggestions"]) == 1
