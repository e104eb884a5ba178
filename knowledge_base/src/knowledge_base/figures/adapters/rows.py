"""Reads rows of Tickets, Votes and Gaps as their streams have them."""

from collections.abc import Iterable

from knowledge_base.answering.adapters.gaps import GapRecord
from knowledge_base.figures.domain.occurrences import of_gap, of_ticket, of_vote
from knowledge_base.suggestions.adapters.records import VoteRecord
from knowledge_base.tickets.adapters.records import ticket_of_image
from shared.events.changes import Change, Image
from shared.figures.tallies import Occurrence


def occurrences_of(change: Change) -> Iterable[Occurrence]:
    """Nothing of what is only removed. Raises KeyError, TypeError or ValueError for what is no such row."""
    if change.new is None:
        return ()
    if "passageId" in change.new:
        return _of_vote(change.old, change.new)
    if "requestedAt" in change.new:
        gap = GapRecord.of_image(change.new)
        return of_gap(gap.ticket_id, gap.requested_at, is_new=change.old is None)
    return of_ticket(ticket_of_image(change.old) if change.old else None, ticket_of_image(change.new))


def _of_vote(old: Image | None, new: Image) -> Iterable[Occurrence]:
    vote, before = VoteRecord.of_image(new), VoteRecord.of_image(old) if old else None
    if vote.cast_at is None:  # a passage's tally
        return ()
    helped = bool(before and before.helpful)
    return of_vote(f"{vote.passage_id}-{vote.voter}", vote.cast_at, helped=helped, helps=bool(vote.helpful))
