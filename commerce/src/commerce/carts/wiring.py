"""The composition root of carts."""

from functools import cache

from commerce import settings
from commerce.carts.adapters.carts import DynamoCarts
from commerce.carts.domain.cart_service import CartService
from commerce.carts.domain.guests import GuestCartIds
from commerce.catalogue.wiring import currency, images_url, products
from shared.auth.seals import Seals
from shared.dynamodb.connection import readers
from shared.ids import new_id

__all__ = ["cart_service", "guest_cart_ids", "images_url"]


@cache
def cart_service() -> CartService:
    carts = DynamoCarts(settings.Carts().carts_table)
    return CartService(carts, products(), currency(), readers())


@cache
def guest_cart_ids() -> GuestCartIds:
    return GuestCartIds(Seals(settings.CursorKey().cursor_key), new_id)
