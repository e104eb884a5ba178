"""The composition root of the figures."""

from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo

from personalization import settings
from personalization.articles.domain.pricing import Prices
from personalization.figures.adapters.rows import Rows
from shared.figures.dynamo_figures import DynamoFigures
from shared.figures.tallies import Figures


@cache
def zone() -> ZoneInfo:
    return ZoneInfo(settings.Charity().time_zone)


@cache
def figures() -> Figures:
    return DynamoFigures(settings.Figures().figures_table, zone())


@cache
def rows() -> Rows:
    prices = settings.ModelPrices()
    terms = Prices(Decimal(prices.model_input_price), Decimal(prices.model_output_price), prices.model_currency)
    return Rows(terms, zone())
