"""The composition root of donations."""

from functools import cache

from personalization import settings
from personalization.donations.adapters.ledger import DynamoLedger, event_of_image
from shared.events.event_bridge import EventBus, bus_of_streams
from shared.http.cursors import Cursors
from shared.idempotency.claims import FirstAnswers
from shared.idempotency.first_answers import DynamoFirstAnswers

__all__ = ["cursors", "event_bus", "event_of_image", "first_answers", "ledger"]


@cache
def ledger() -> DynamoLedger:
    tables = settings.Donations()
    return DynamoLedger(tables.users_table, tables.donations_table, tables.idempotency_table)


@cache
def first_answers() -> FirstAnswers:
    return DynamoFirstAnswers(settings.Donations().idempotency_table)


@cache
def cursors() -> Cursors:
    return Cursors(settings.CursorKey().cursor_key)


@cache
def event_bus() -> EventBus:
    return bus_of_streams(settings.DonationEvents().event_bus_name, "almoner.personalization")
