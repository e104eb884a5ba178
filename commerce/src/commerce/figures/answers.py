"""What the staff receive about the shop's days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from shared.figures.tallies import Counts, Period, Tally, tallies
from shared.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopCounts:
    """Money has one sum for each currency of the period. `sales`: goods and their shipping, before refunds.

    `refunds`: what was given back, of goods and donations. `searches`: those with words, further pages not counted.
    """

    orders: int
    sales: tuple[Money, ...]
    donations: tuple[Money, ...]
    refunds: tuple[Money, ...]
    searches: int
    searches_without_result: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopDay(ShopCounts):
    """`date` is a day of the charity's time zone, such as 2026-11-30."""

    date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopFigures:
    """Every day of the period, the first one first, and the sums of all days."""

    days: tuple[ShopDay, ...]
    totals: ShopCounts


def shop_figures(period: Period, counted: Mapping[date, Counts]) -> ShopFigures:
    days, total = tallies(period, counted)
    return ShopFigures(
        days=tuple(ShopDay(date=day.isoformat(), **_counts(tally, total)) for day, tally in days),
        totals=ShopCounts(**_counts(total, total)),
    )


def _counts(tally: Tally, total: Tally) -> dict[str, Any]:
    return {
        "orders": tally.number("orders"),
        "sales": tally.money("sales", total),
        "donations": tally.money("donations", total),
        "refunds": tally.money("refunds", total),
        "searches": tally.number("searches"),
        "searches_without_result": tally.number("searchesWithoutResult"),
    }
