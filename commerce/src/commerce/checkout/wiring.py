"""The composition root of checkouts. Only functions with the layer of payments may ask for `checkout_payments`."""

from functools import cache

from commerce import settings
from commerce.carts.wiring import cart_service
from commerce.catalogue.adapters.products import DynamoProducts
from commerce.catalogue.wiring import currency
from commerce.checkout.adapters.checkouts import DynamoCheckouts
from commerce.checkout.adapters.queues import SqsCheckouts
from commerce.checkout.adapters.step_functions import CheckoutExecutions, WaitingExecutions
from commerce.checkout.domain.giving_back import GivingBack
from commerce.checkout.domain.opening import Opening
from commerce.checkout.domain.paying import CheckoutPayments
from commerce.checkout.domain.saga import CheckoutSaga
from commerce.checkout.domain.sealing import QuoteSeals
from commerce.checkout.domain.sweeping import Sweep
from commerce.payments.adapters.ledger import DynamoLedger
from commerce.payments.wiring import payment_provider
from commerce.stock.wiring import stock_ledger
from shared.auth.seals import Seals
from shared.dynamodb.transactions import Transaction


@cache
def checkouts() -> DynamoCheckouts:
    return DynamoCheckouts(settings.Checkouts().checkouts_table)


@cache
def seals() -> QuoteSeals:
    return QuoteSeals(Seals(settings.CursorKey().cursor_key))


@cache
def settlements() -> SqsCheckouts:
    return SqsCheckouts(settings.SettlementQueue().settlement_queue_url)


@cache
def opening() -> Opening:
    at = settings.CheckoutOpening()
    return Opening(
        checkouts=checkouts(),
        carts=cart_service(),
        seals=seals(),
        executions=CheckoutExecutions(at.checkout_machine_arn),
        settlements=settlements(),
        currency=currency(),
        shipping_amount=int(at.shipping_amount),
    )


@cache
def saga() -> CheckoutSaga:
    return CheckoutSaga(
        checkouts=checkouts(),
        products=DynamoProducts(settings.Stock().products_table, None),
        stock=stock_ledger(),
        seals=seals(),
        unit_of_work=Transaction,
    )


@cache
def checkout_payments() -> CheckoutPayments:
    at = settings.CheckoutPayments()
    return CheckoutPayments(
        saga=saga(),
        provider=payment_provider(),
        giving_back=GivingBack(payment_provider(), DynamoLedger(settings.Ledger().ledger_table)),
        orders=SqsCheckouts(at.order_queue_url),
        waiting=WaitingExecutions(),
        return_url=at.payment_return_url,
    )


@cache
def sweep() -> Sweep:
    return Sweep(checkouts(), settlements())
