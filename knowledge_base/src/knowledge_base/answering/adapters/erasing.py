"""Erases the questions of somebody's tickets."""

from collections.abc import Callable, Iterable
from datetime import datetime

from knowledge_base.answering.adapters.gaps import GapRecord


class GapErasing:
    """`ticket_ids_of` names all tickets of somebody; each has one gap at most."""

    def __init__(self, gaps_table: str, ticket_ids_of: Callable[[str], Iterable[str]]) -> None:
        self._gaps, self._ticket_ids_of = GapRecord.at(gaps_table), ticket_ids_of

    def erase(self, user_id: str, _: datetime) -> bool:
        """A delete for each ticket. It goes before the tickets, which lead here."""
        for ticket_id in self._ticket_ids_of(user_id):
            self._gaps(ticket_id).remove()
        return True
