"""What helps staff with a new ticket: its customer, and passages that may answer it."""

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Protocol

from knowledge_base.customers.domain.contexts import CustomerContext
from knowledge_base.customers.domain.records import Customer, unread
from knowledge_base.suggestions.domain.beside import beside_suggestions
from knowledge_base.suggestions.domain.suggesting import Suggestion
from shared.errors import Unavailable

type Suggest = Callable[[str, str], tuple[Suggestion, ...]]
"""Of the id of a ticket and what it asks. Raises Unavailable."""


class Customers(Protocol):
    def context_of(self, user_id: str) -> CustomerContext:
        """Raises Unavailable."""
        ...


@dataclass(frozen=True, slots=True)
class Assistance:
    customer: Customer
    suggestions: tuple[Suggestion, ...]


@dataclass(frozen=True, slots=True)
class Assisting:
    customers: Customers
    suggest: Suggest
    threads: Executor

    def assist(self, user_id: str, ticket_id: str, question: str) -> Assistance:
        """Both at the same time. The ticket is open already, so what does not answer is left out."""
        return Assistance(
            *beside_suggestions(
                self.threads, lambda: self.suggest(ticket_id, question), lambda: self._customer(user_id)
            )
        )

    def name_of(self, user_id: str) -> str | None:
        """Of a customer; None where nothing was read of them. Raises Unavailable."""
        return self.customers.context_of(user_id).customer.name or None

    def _customer(self, user_id: str) -> Customer:
        try:
            return self.customers.context_of(user_id).customer
        except Unavailable:
            return unread(user_id)
