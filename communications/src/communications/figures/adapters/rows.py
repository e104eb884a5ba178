"""Reads rows of InboxEntries and of the Outbox as their streams have them."""

from collections.abc import Iterable
from datetime import datetime

from communications.figures.domain.occurrences import of_entry, of_row
from communications.inbox.adapters.records import EntryRecord
from communications.sending.adapters.outbox import row_of_image
from shared.events.changes import Change
from shared.figures.tallies import Occurrence


def occurrences_of(change: Change, now: datetime) -> Iterable[Occurrence]:
    """Nothing of what is only removed. Raises KeyError, TypeError or ValueError for what is no such row."""
    if change.new is None:
        return ()
    at = change.at or now
    if "outboxId" in change.new:
        return of_row(row_of_image(change.old) if change.old else None, row_of_image(change.new), at)
    return of_entry(EntryRecord.of_image(change.new).to_entry(), at) if change.old is None else ()
