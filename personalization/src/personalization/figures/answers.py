"""What the staff receive about the days of fundraising and of the agent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from personalization.figures.domain.occurrences import MODEL_COST
from shared.figures.tallies import Counts, Period, Tally, added, tallies
from shared.money import Money, one_unit

_MICROS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCost:
    """`micros`: millionths of the currency's unit; `amount`: minor units, those of each day rounded up."""

    amount: int
    currency: str
    micros: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GivingCounts:
    """Money has one sum for each currency of the period. `amount`: gifts, less what was given back on that day.

    `conversations`: those in which something was said that day. `tokens`: of the agent, articles and evaluations.
    """

    gifts: int
    amount: tuple[Money, ...]
    conversations: int
    tokens: int
    model_cost: tuple[ModelCost, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GivingDay(GivingCounts):
    """`date` is a day of the charity's time zone, such as 2026-11-30."""

    date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GivingFigures:
    """Every day of the period, the first one first, and the sums of all days."""

    days: tuple[GivingDay, ...]
    totals: GivingCounts


def giving_figures(period: Period, counted: Mapping[date, Counts]) -> GivingFigures:
    days, total = tallies(period, counted)
    costs = [_costs(tally, total) for _, tally in days]
    return GivingFigures(
        days=tuple(
            GivingDay(date=day.isoformat(), **_counts(tally, total), model_cost=cost)
            for (day, tally), cost in zip(days, costs, strict=True)
        ),
        totals=GivingCounts(**_counts(total, total), model_cost=_sum(costs)),
    )


def _counts(tally: Tally, total: Tally) -> dict[str, Any]:
    return {
        "gifts": tally.number("gifts"),
        "amount": tally.money("amount", total),
        "conversations": tally.number("conversations"),
        "tokens": tally.number("tokens"),
    }


def _costs(tally: Tally, total: Tally) -> tuple[ModelCost, ...]:
    by_currency = tally.by_currency(MODEL_COST, total)
    return tuple(
        ModelCost(amount=-(-micros * one_unit(currency).amount // _MICROS), currency=currency, micros=micros)
        for currency, micros in by_currency.items()
    )


def _sum(days: list[tuple[ModelCost, ...]]) -> tuple[ModelCost, ...]:
    """Of what is shown: the rounded amounts of the days add up, too."""
    costs = [cost for day in days for cost in day]
    amounts = added({cost.currency: cost.amount} for cost in costs)
    micros = added({cost.currency: cost.micros} for cost in costs)
    return tuple(
        ModelCost(amount=amounts[currency], currency=currency, micros=micros[currency]) for currency in sorted(micros)
    )
