"""The composition root of payments. Only functions with the layer of payments may ask for what imports Stripe's SDK."""

from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from commerce import settings

if TYPE_CHECKING:
    from commerce.payments.adapters.stripe_secret import StripeSecret
    from commerce.payments.domain.events import PaymentEvents, Webhooks
    from commerce.payments.domain.ledger import Ledger
    from commerce.payments.domain.provider import PaymentProvider
    from commerce.payments.domain.reconciliation import Reconciliation


@cache
def stripe_secret() -> "StripeSecret":
    from commerce.payments.adapters.stripe_secret import StripeSecret

    return StripeSecret(settings.StripeKeySecret().stripe_key_secret)


@cache
def payment_provider() -> "PaymentProvider":
    from commerce.payments.adapters.stripe_provider import StripeProvider

    return StripeProvider(stripe_secret(), settings.Stripe().stripe_url)


@cache
def webhooks() -> "Webhooks":
    from commerce.payments.adapters.stripe_webhooks import StripeWebhooks

    return StripeWebhooks(stripe_secret())


@cache
def payment_events() -> "PaymentEvents":
    from commerce.payments.adapters.payment_events import SqsPaymentEvents

    return SqsPaymentEvents(settings.SettlementQueue().settlement_queue_url)


@cache
def ledger() -> "Ledger":
    from commerce.payments.adapters.ledger import DynamoLedger

    return DynamoLedger(settings.Ledger().ledger_table)


@cache
def reconciliation() -> "Reconciliation":
    from commerce.payments.domain.reconciliation import Reconciliation

    return Reconciliation(ledger(), payment_provider(), lambda: datetime.now(UTC))
