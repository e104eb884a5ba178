"""The seal on a quote: what is charged is what was quoted to this customer, whoever could write to the table."""

import hashlib
import json

from commerce.checkout.domain.checkout import Checkout
from shared.auth.seals import BrokenSeal, Seals
from shared.json.encoding import encode

_SCOPE = "quote"


class QuoteSeals:
    def __init__(self, seals: Seals) -> None:
        self._seals = seals

    def make(self, checkout: Checkout) -> str:
        return self._seals.make(_SCOPE, _digest(checkout))

    def require(self, checkout: Checkout) -> None:
        """Raises BrokenSeal."""
        if self._seals.read(_SCOPE, checkout.seal) != _digest(checkout):
            raise BrokenSeal


def _digest(checkout: Checkout) -> str:
    sealed = json.loads(encode(checkout.quote)), checkout.checkout_id, checkout.user_id, checkout.means
    return hashlib.sha256(encode(sealed).encode()).hexdigest()
