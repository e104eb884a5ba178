"""What gifts and the model's answers add to the figures of a day."""

from collections.abc import Iterator
from datetime import datetime

from personalization.articles.domain.pricing import Cost
from personalization.donations.domain.donations import Donation, LedgerRow
from shared.figures.tallies import Counts, Occurrence, counts, money_key
from shared.models.model import Usage

MODEL_COST = "modelCost"
"""Counted in millionths of the currency's unit: an answer costs less than a penny."""


def of_row(row: LedgerRow) -> Occurrence:
    """A refund is taken off the day on which it was made, however late: the days add up as the ledger does."""
    gifts = int(isinstance(row, Donation))
    return Occurrence(f"row {row.donation_id}", row.created_at, counts(gifts=gifts, amount=row.amount))


def of_turn(
    interaction_id: str, session_id: str, at: datetime, day: str, usage: Usage | None, cost: Cost
) -> Iterator[Occurrence]:
    """A conversation counts once on each day on which something is said in it. Of turns cut short no usage is there."""
    yield Occurrence(f"conversation {session_id} {day}", at, counts(conversations=1))
    if usage:
        yield Occurrence(f"turn {interaction_id}", at, _spent(usage, cost))


def of_answer(identity: str, at: datetime, usage: Usage, cost: Cost) -> Occurrence:
    """An article's, or one of an evaluation."""
    return Occurrence(f"answer {identity}", at, _spent(usage, cost))


def _spent(usage: Usage, cost: Cost) -> Counts:
    tokens = usage.input_tokens + usage.output_tokens
    return {**counts(tokens=tokens), money_key(MODEL_COST, cost.currency): cost.micros}
