"""The composition root of tickets."""

from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo

from knowledge_base import settings
from knowledge_base.tickets.adapters.attachments import DynamoAttachments, S3Files
from knowledge_base.tickets.adapters.canned_replies import DynamoCannedReplies
from knowledge_base.tickets.adapters.erasing import TicketErasing
from knowledge_base.tickets.adapters.holidays import public_holidays
from knowledge_base.tickets.adapters.records import attachment_id_of_image
from knowledge_base.tickets.adapters.streams import events_of as events_of_change
from knowledge_base.tickets.adapters.threads import DynamoThreads
from knowledge_base.tickets.adapters.tickets import DynamoNumbers, DynamoTickets
from knowledge_base.tickets.adapters.viewers import DynamoViewers
from knowledge_base.tickets.domain.assisting import Assisting
from knowledge_base.tickets.domain.canned_replies import Library
from knowledge_base.tickets.domain.closing import Closing
from knowledge_base.tickets.domain.handling import Handling
from knowledge_base.tickets.domain.reading import Reading
from knowledge_base.tickets.domain.service_hours import hours_of
from knowledge_base.tickets.domain.service_levels import ServiceLevels
from knowledge_base.tickets.domain.uploads import Inspection, Intake, Uploads
from knowledge_base.tickets.domain.writing import Writing
from shared.dynamodb.connection import readers
from shared.dynamodb.transactions import Transaction
from shared.erasure.tombstones import DynamoTombstones
from shared.events.event_bridge import EventBus, bus_of_streams
from shared.http.cursors import Cursors
from shared.idempotency.first_answers import DynamoFirstAnswers
from shared.people.cognito_staff import CognitoStaff

__all__ = [
    "assisting",
    "attachment_id_of_image",
    "attachments",
    "closing",
    "cursors",
    "erasing",
    "event_bus",
    "events_of_change",
    "files",
    "handling",
    "inspection",
    "intake",
    "library",
    "reading",
    "threads",
    "tickets",
    "uploads",
    "writing",
]


@cache
def tickets() -> DynamoTickets:
    tables = settings.Tickets()
    return DynamoTickets(tables.tickets_table, tables.ticket_words_table)


@cache
def threads() -> DynamoThreads:
    return DynamoThreads(settings.Tickets().ticket_entries_table)


@cache
def writing() -> Writing:
    tables, tombstones = settings.Tickets(), DynamoTombstones(settings.Tombstones().tombstones_table)
    return Writing(
        tickets=DynamoTickets(tables.tickets_table, tables.ticket_words_table, tombstones),
        threads=threads(),
        attachments=_attachments(),
        numbers=DynamoNumbers(settings.TicketCounters().ticket_counters_table),
        levels=_levels(),
        first_answers=_first_answers(),
        unit_of_work=Transaction,
    )


@cache
def assisting() -> Assisting:
    # imported here: what streams and clocks start needs neither
    from knowledge_base.customers.wiring import customers
    from knowledge_base.suggestions.wiring import bedrock_service

    return Assisting(
        customers(),
        lambda ticket_id, question: bedrock_service().suggest(ticket_id, lambda: question, datetime.now(UTC)),
        readers(),
    )


@cache
def handling() -> Handling:
    return Handling(
        tickets=tickets(),
        viewers=DynamoViewers(settings.TicketViewers().ticket_viewers_table),
        staff=CognitoStaff(settings.UserPool().user_pool_id),
        levels=_levels(),
        first_answers=_first_answers(),
        unit_of_work=Transaction,
    )


@cache
def reading() -> Reading:
    return Reading(tickets(), threads(), _attachments(), files())


@cache
def library() -> Library:
    first_answers = _first_answers()
    replies = DynamoCannedReplies(settings.CannedReplies().canned_replies_table, first_answers)
    return Library(replies, tickets(), first_answers, assisting().name_of)


@cache
def uploads() -> Uploads:
    return Uploads(_attachments(), files(), _first_answers())


@cache
def attachments() -> DynamoAttachments:
    """Of those who add none under a key."""
    return DynamoAttachments(settings.Attachments().attachments_table, None)


@cache
def inspection() -> Inspection:
    return Inspection(attachments(), files())


@cache
def intake() -> Intake:
    return Intake(attachments(), files())


@cache
def closing() -> Closing:
    return Closing(tickets(), tickets(), _levels(), Transaction)


@cache
def erasing() -> TicketErasing:
    tables = settings.Tickets()
    return TicketErasing(
        tickets_table=tables.tickets_table,
        words_table=tables.ticket_words_table,
        entries_table=tables.ticket_entries_table,
        viewers_table=settings.TicketViewers().ticket_viewers_table,
        attachments_table=settings.Attachments().attachments_table,
        attachments_bucket=settings.AttachmentFiles().attachments_bucket,
    )


@cache
def cursors() -> Cursors:
    return Cursors(settings.CursorKey().cursor_key)


@cache
def event_bus() -> EventBus:
    return bus_of_streams(settings.EventBus().event_bus_name, "almoner.knowledge_base")


@cache
def _levels() -> ServiceLevels:
    hours = settings.ServiceHours()
    holidays = public_holidays(hours.holiday_country)
    return ServiceLevels(hours_of(hours.business_hours, ZoneInfo(hours.time_zone), holidays.__contains__))


@cache
def _attachments() -> DynamoAttachments:
    return DynamoAttachments(settings.Attachments().attachments_table, _first_answers())


@cache
def files() -> S3Files:
    return S3Files(settings.AttachmentFiles().attachments_bucket)


@cache
def _first_answers() -> DynamoFirstAnswers:
    return DynamoFirstAnswers(settings.FirstAnswers().idempotency_table)
