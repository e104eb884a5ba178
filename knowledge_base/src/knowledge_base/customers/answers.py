"""What staff receive about a customer."""

from dataclasses import dataclass
from datetime import datetime

from knowledge_base.customers.domain.contexts import CustomerContext
from knowledge_base.customers.domain.interactions import InteractionKind
from knowledge_base.customers.domain.records import Customer, Donation, Order
from knowledge_base.customers.domain.risk import Factor, Level, Risk


@dataclass(frozen=True, slots=True)
class InteractionAnswer:
    interaction_id: str
    kind: InteractionKind
    reference: str
    at: datetime
    sentiment: float | None


@dataclass(frozen=True, slots=True)
class RiskAnswer:
    """`score` is the sum of the factors' points; scores of different `rules` do not compare."""

    level: Level
    score: int
    factors: tuple[Factor, ...]
    rules: str


@dataclass(frozen=True, slots=True)
class CustomerContextAnswer:
    customer: Customer
    orders: tuple[Order, ...]
    donations: tuple[Donation, ...]
    interactions: tuple[InteractionAnswer, ...]
    sentiment: float | None
    risk: RiskAnswer


def customer_context_answer(context: CustomerContext) -> CustomerContextAnswer:
    interactions = tuple(
        InteractionAnswer(each.interaction_id, each.kind, each.reference, each.at, each.sentiment)
        for each in context.interactions
    )
    return CustomerContextAnswer(
        customer=context.customer,
        orders=context.orders,
        donations=context.donations,
        interactions=interactions,
        sentiment=context.sentiment,
        risk=_risk_answer(context.risk),
    )


def _risk_answer(risk: Risk) -> RiskAnswer:
    return RiskAnswer(risk.level, risk.score, risk.factors, risk.rules)
