"""The composition root of donations."""

from functools import cache

from personalization import settings
from personalization.donations.adapters.ledger import DynamoLedger
from personalization.donations.domain.giving import Ledger
from shared.http.cursors import Cursors
from shared.idempotency.claims import FirstAnswers
from shared.idempotency.first_answers import DynamoFirstAnswers


@cache
def ledger() -> Ledger:
    tables = settings.read(settings.Donations)
    return DynamoLedger(tables.users_table, tables.donations_table, tables.idempotency_table)


@cache
def first_answers() -> FirstAnswers:
    return DynamoFirstAnswers(settings.read(settings.Donations).idempotency_table)


@cache
def cursors() -> Cursors:
    return Cursors(settings.read(settings.CursorKey).cursor_key)
