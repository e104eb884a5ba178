"""What helps staff with a new ticket: its customer, and passages that may answer it."""

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Protocol

from knowledge_base.customers.domain.contexts import CustomerContext
from knowledge_base.customers.domain.records import Customer, unread
from knowledge_base.suggestions.domain.suggesting import Suggestion
from shared.errors import Unavailable
from shared.observability.logs import logger

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
        suggesting = self.threads.submit(self.suggest, ticket_id, question)
        try:
            customer = self.customers.context_of(user_id).customer
        except Unavailable:
            customer = unread(user_id)
        try:
            return Assistance(customer, suggesting.result())
        except Unavailable:
            logger.warning("no suggestions: the knowledge base does not answer", extra={"ticketId": ticket_id})
            return Assistance(customer, ())

    def name_of(self, user_id: str) -> str | None:
        """Of a customer; None where nothing was read of them. Raises Unavailable."""
        return self.customers.context_of(user_id).customer.name or None
