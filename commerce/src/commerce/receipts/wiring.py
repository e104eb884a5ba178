"""The composition root of receipts."""

from functools import cache
from zoneinfo import ZoneInfo

from commerce import settings
from commerce.orders.adapters.orders import DynamoOrders
from commerce.receipts.adapters.contacts import CognitoContacts
from commerce.receipts.adapters.deliveries import DynamoDeliveries
from commerce.receipts.adapters.mailer import SesMailer, name_of
from commerce.receipts.adapters.texter import SnsTexter
from commerce.receipts.domain.sending import Receipts


@cache
def receipts() -> Receipts:
    chosen = settings.Receipts()
    return Receipts(
        orders=DynamoOrders(settings.Orders().orders_table),
        contacts=CognitoContacts(chosen.user_pool_id),
        deliveries=DynamoDeliveries(chosen.deliveries_table),
        charity=name_of(chosen.mail_sender),
        zone=ZoneInfo(settings.Charity().time_zone),
    )


@cache
def mailer() -> SesMailer:
    return SesMailer(settings.Receipts().mail_sender)


@cache
def texter() -> SnsTexter:
    return SnsTexter()
