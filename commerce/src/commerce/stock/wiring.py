"""The composition root of stock."""

from functools import cache

from commerce import settings
from commerce.catalogue.adapters.products import DynamoProducts
from commerce.stock.adapters.stock_ledger import DynamoStockLedger
from commerce.stock.domain.counting import StockCounts
from shared.dynamodb.transactions import Transaction
from shared.idempotency.first_answers import DynamoFirstAnswers
from shared.ids import new_id


@cache
def stock_counts() -> StockCounts:
    return StockCounts(_products(), stock_ledger(), first_answers(), Transaction, new_id)


@cache
def stock_ledger() -> DynamoStockLedger:
    tables = settings.Stock()
    return DynamoStockLedger(tables.products_table, tables.stock_movements_table)


@cache
def first_answers() -> DynamoFirstAnswers:
    return DynamoFirstAnswers(settings.FirstAnswers().idempotency_table)


def _products() -> DynamoProducts:
    return DynamoProducts(settings.Stock().products_table, None)
