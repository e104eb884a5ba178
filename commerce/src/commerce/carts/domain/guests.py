"""Ids of guests' carts: signed, so that nobody can guess one; whoever has it can use the cart."""

from collections.abc import Callable
from datetime import datetime

from commerce.carts.domain.cart import cart_of_guest
from shared.auth.seals import BrokenSeal, Seals
from shared.errors import NotFound

_SCOPE = "guest cart"


class GuestCartIds:
    """Issues and verifies ids; nothing is stored."""

    def __init__(self, seals: Seals, new_id: Callable[[datetime], str]) -> None:
        self._seals, self._new_id = seals, new_id

    def issue(self, now: datetime) -> str:
        return self._seals.make(_SCOPE, self._new_id(now))

    def read(self, text: str) -> str:
        """The cart's id in the table. Raises NotFound for an id that was not issued."""
        try:
            return cart_of_guest(self._seals.read(_SCOPE, text))
        except BrokenSeal as error:
            raise NotFound("There is no such cart: POST /guest-carts makes one.") from error
