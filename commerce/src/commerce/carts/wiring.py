"""The composition root of carts."""

from functools import cache

from commerce import settings
from commerce.carts.adapters.carts import DynamoCarts
from commerce.carts.domain.guests import GuestCartIds
from commerce.carts.domain.shopping import Shopping
from commerce.catalogue.wiring import currency, images_url, products
from shared.auth.seals import Seals
from shared.dynamodb.connection import readers
from shared.ids import new_id

__all__ = ["guest_cart_ids", "images_url", "shopping"]


@cache
def shopping() -> Shopping:
    carts = DynamoCarts(settings.read(settings.Carts).carts_table)
    return Shopping(carts, products(), currency(), readers())


@cache
def guest_cart_ids() -> GuestCartIds:
    return GuestCartIds(Seals(settings.read(settings.Catalogue).cursor_key), new_id)
