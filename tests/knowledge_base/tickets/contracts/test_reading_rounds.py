"""What reading a ticket costs in DynamoDB: rounds that do not depend on how much was written on it."""

from collections.abc import Callable, Iterator

import pytest

from knowledge_base.answering.adapters.conversations import TicketConversations
from knowledge_base.tickets.adapters.attachments import DynamoAttachments, S3Files
from knowledge_base.tickets.adapters.records import EntryRecord, TicketRecord
from knowledge_base.tickets.adapters.threads import DynamoThreads
from knowledge_base.tickets.adapters.tickets import DynamoTickets
from knowledge_base.tickets.domain.reading import Reading
from knowledge_base.tickets.domain.threads import Entry, Kind
from local.workspace import ROOT
from shared.auth.callers import Caller
from shared.dynamodb.records import put_many
from tests.knowledge_base.tickets.examples import a_ticket, an_entry
from tests.shared.dynamodb.dynamodb_calls import cost_of, rounds_of
from tests.shared.dynamodb.dynamodb_tables import tables_like

TABLES = ["SupportTicketsTable", "TicketWordsTable", "TicketEntriesTable", "AttachmentsTable"]
ADA, STAFF = Caller("ada"), Caller("priya", frozenset({"staff"}))
LENGTH, LIMIT = 300, 50

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("emulator")]


@pytest.fixture
def reading(local_aws: str) -> Iterator[Reading]:
    """Of `short`, `long`, and `merged`, into which `long` and another one were merged."""
    with tables_like(local_aws, ROOT / "knowledge_base", TABLES) as names:
        tickets, entries = TicketRecord.at(names["SupportTicketsTable"]), EntryRecord.at(names["TicketEntriesTable"])
        merged = {"short": (), "long": (), "other": (), "merged": ("long", "other")}
        put_many(tickets, [tickets.of(a_ticket(ticket_id, merged=ids)) for ticket_id, ids in merged.items()])
        openings = (an_entry(entry_id=f"0-{each}", ticket_id=each, kind=Kind.OPENING) for each in merged)
        put_many(entries, map(entries.of, [*openings, *map(long_entry, range(LENGTH))]))
        yield Reading(
            DynamoTickets(names["SupportTicketsTable"], names["TicketWordsTable"]),
            DynamoThreads(names["TicketEntriesTable"]),
            DynamoAttachments(names["AttachmentsTable"], None),
            S3Files("none"),
        )


def long_entry(number: int) -> Entry:
    kind = Kind.NOTE if number % 3 == 0 else Kind.STAFF
    return an_entry(entry_id=f"1-{number:04}", ticket_id="long", kind=kind)


@pytest.mark.parametrize("caller", [ADA, STAFF])
@pytest.mark.parametrize(
    ("ticket_id", "rounds"),
    [
        ("short", [["GetItem"], ["Query"]]),
        ("long", [["GetItem"], ["Query"], ["Query"]]),
        ("merged", [["GetItem"], ["BatchGetItem"], ["Query"] * 3]),
    ],
)
def test_ticket_is_read_in_a_few_rounds(
    reading: Reading, caller: Caller, ticket_id: str, rounds: list[list[str]]
) -> None:
    assert rounds_of(lambda: reading.one(caller, ticket_id), *rounds) == rounds


@pytest.mark.parametrize(
    "read",
    [
        lambda reading: reading.one(STAFF, "long"),
        lambda reading: reading.replies(STAFF, "long", "1-0200", LIMIT),
        lambda reading: reading.replies(ADA, "long", None, LIMIT),
        lambda reading: TicketConversations(reading.tickets, reading.threads).find("long"),
        lambda reading: reading.threads.opening("long"),
    ],
)
def test_no_more_entries_are_read_than_a_page_has(reading: Reading, read: Callable[[Reading], object]) -> None:
    assert (
        cost_of(lambda: read(reading)).rows <= LIMIT + 4
    )  # the ticket, its opening, and two entries that say whether others follow
