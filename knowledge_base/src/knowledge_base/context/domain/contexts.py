"""A ticket's context: its customer, and the passages that may help whoever answers it."""

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Protocol

from knowledge_base.customers.domain.contexts import CustomerContext
from knowledge_base.suggestions.domain.beside import beside_suggestions
from knowledge_base.suggestions.domain.suggesting import Suggestion
from knowledge_base.tickets.domain.tickets import Ticket
from knowledge_base.tickets.domain.writing import require_staff_for
from shared.auth.callers import Caller
from shared.errors import NotFound


class Tickets(Protocol):
    def find(self, ticket_id: str) -> Ticket | None:
        """Raises Unavailable."""
        ...


class Customers(Protocol):
    def context_of(self, user_id: str) -> CustomerContext:
        """Raises Unavailable."""
        ...


type Suggest = Callable[[str, Callable[[], Ticket]], tuple[Suggestion, ...]]
"""Of the id of a ticket, and what waits for the ticket. Raises NotFound; Unavailable."""


@dataclass(frozen=True, slots=True)
class TicketContext:
    customer: CustomerContext
    suggestions: tuple[Suggestion, ...]


@dataclass(frozen=True, slots=True)
class TicketContexts:
    tickets: Tickets
    customers: Customers
    suggest: Suggest
    threads: Executor

    def of(self, caller: Caller, ticket_id: str) -> TicketContext:
        """Two rounds of reads: the ticket and what was suggested for it; its customer, and whether that still holds.

        No suggestions while the knowledge base does not answer. Raises NotFound; Forbidden for the caller's own;
        Unavailable.
        """
        finding = self.threads.submit(self._found, caller, ticket_id)
        return TicketContext(
            *beside_suggestions(
                self.threads,
                lambda: self.suggest(ticket_id, finding.result),
                lambda: self.customers.context_of(finding.result().user_id),
            )
        )

    def _found(self, caller: Caller, ticket_id: str) -> Ticket:
        ticket = self.tickets.find(ticket_id)
        if ticket is None:
            raise NotFound("There is no such ticket.")
        require_staff_for(caller, ticket)
        return ticket
