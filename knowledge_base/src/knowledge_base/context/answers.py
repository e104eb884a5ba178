"""What staff receive beside a ticket."""

from dataclasses import dataclass

from knowledge_base.context.domain.contexts import TicketContext
from knowledge_base.customers.answers import InteractionAnswer, RiskAnswer, interaction_answers, risk_answer
from knowledge_base.customers.domain.records import Customer, Donation, Order
from knowledge_base.suggestions.answers import SuggestionItem


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketContextAnswer:
    """The newest first. `sentiment` is the mean of the interactions, the latest counting most, from -1 to 1."""

    customer: Customer
    orders: tuple[Order, ...]
    donations: tuple[Donation, ...]
    interactions: tuple[InteractionAnswer, ...]
    sentiment: float | None
    risk: RiskAnswer
    suggestions: tuple[SuggestionItem, ...]


def ticket_context_answer(context: TicketContext) -> TicketContextAnswer:
    of_customer = context.customer
    return TicketContextAnswer(
        customer=of_customer.customer,
        orders=of_customer.orders,
        donations=of_customer.donations,
        interactions=interaction_answers(of_customer.interactions),
        sentiment=of_customer.sentiment,
        risk=risk_answer(of_customer.risk),
        suggestions=tuple(map(SuggestionItem.of, context.suggestions)),
    )
