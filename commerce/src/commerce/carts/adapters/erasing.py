"""Erases somebody's cart."""

from datetime import datetime

from commerce.carts.adapters.carts import CartRecord
from commerce.carts.domain.cart import cart_of_user


class CartErasing:
    def __init__(self, carts_table: str) -> None:
        self._carts = CartRecord.at(carts_table)

    def erase(self, user_id: str, _: datetime) -> bool:
        """One delete. Guests' carts that were merged into it keep the id, and expire."""
        self._carts(cart_of_user(user_id)).remove()
        return True
