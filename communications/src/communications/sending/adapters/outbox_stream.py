"""The Outbox table's stream: rows that have become due are published, and what became of others is counted."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from communications.sending.adapters.outbox import row_of_image
from communications.sending.domain.outbox import OutboxRow, SendState
from communications.sending.domain.publishing import Publisher, is_to_publish
from shared.dynamodb.records import Image
from shared.observability.logs import logger
from shared.observability.metrics import SENDS

type RowChange = tuple[OutboxRow | None, OutboxRow | None]
"""A row before and after."""


def row_change(old: Image | None, new: Image | None) -> RowChange:
    """Raises KeyError, TypeError or ValueError for what is no row."""
    return row_of_image(old) if old else None, row_of_image(new) if new else None


def publish_due(changes: Sequence[RowChange], publisher: Publisher, now: datetime) -> list[int]:
    """The positions of those that could not be published. Raises Unavailable."""
    due = [(position, new) for position, (old, new) in enumerate(changes) if is_to_publish(old, new, now)]
    failed = publisher.publish([new.outbox_id for _, new in due if new]) if due else ()
    _count(changes)
    return [due[index][0] for index in failed]


def _count(changes: Sequence[RowChange]) -> None:
    counts: dict[str, Counter[str]] = {}
    for old, new in changes:
        if new and (name := _counted(old, new)):
            counts.setdefault(new.channel, Counter())[name] += 1
    for channel, counted in counts.items():
        logger.info("rows of the outbox", extra={"channel": channel, **SENDS.line(channel, **counted)})


def _counted(old: OutboxRow | None, new: OutboxRow) -> str | None:
    if old is None or old.state is new.state:
        return None
    if new.state in (SendState.SENT, SendState.FAILED, SendState.UNKNOWN):
        return new.state.value
    return "postponed" if old.state is SendState.SENDING else None
