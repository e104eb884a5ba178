"""What tickets, votes on suggestions and gaps add to the figures of a day."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from knowledge_base.tickets.domain.tickets import Satisfaction, Ticket
from shared.figures.tallies import Occurrence, counts

_NEUTRAL = 3
_MINUTE = timedelta(minutes=1)


def of_ticket(before: Ticket | None, ticket: Ticket) -> Iterator[Occurrence]:
    """That it was opened, answered for the first time, and solved, or closed before: again if it was opened again.

    And how content its supporter is: what they said before counts no more.
    """
    id_ = ticket.ticket_id
    if before is None:
        yield Occurrence(f"ticket-{id_}", ticket.created_at, counts(tickets=1))
        return
    replied_at, solved_at = ticket.first_replied_at, ticket.solved_at
    if replied_at and before.first_replied_at is None:
        minutes = (replied_at - ticket.created_at) // _MINUTE
        yield Occurrence(f"reply-{id_}", replied_at, counts(firstReplies=1, firstReplyMinutes=minutes))
    if solved_at and before.solved_at is None:
        yield Occurrence(f"solved-{id_}-{ticket.version}", solved_at, counts(solved=1))
    if ticket.satisfaction != before.satisfaction:
        yield from _of_rating(f"unrated-{id_}-{ticket.version}", before.satisfaction, -1)
        yield from _of_rating(f"rated-{id_}-{ticket.version}", ticket.satisfaction, 1)


def _of_rating(identity: str, rating: Satisfaction | None, number: int) -> Iterator[Occurrence]:
    """Of 3 points, nothing."""
    if rating and rating.score > _NEUTRAL:
        yield Occurrence(identity, rating.at, counts(satisfied=number))
    if rating and rating.score < _NEUTRAL:
        yield Occurrence(identity, rating.at, counts(dissatisfied=number))


def of_vote(vote_id: str, at: datetime, *, helped: bool, helps: bool) -> Iterator[Occurrence]:
    """That staff found a suggestion helpful, once for a ticket, whatever they say later."""
    if helps and not helped:
        yield Occurrence(f"helpful-{vote_id}", at, counts(suggestionsHelpful=1))


def of_gap(ticket_id: str, at: datetime, *, is_new: bool) -> Iterator[Occurrence]:
    """That no document answers a ticket, once."""
    if is_new:
        yield Occurrence(f"gap-{ticket_id}", at, counts(gaps=1))
