"""Erases where somebody's purchases were to be sent, and what they declared with them."""

from datetime import datetime

from commerce.checkout.adapters.checkouts import CheckoutRecord
from shared.dynamodb.records import select


class CheckoutErasing:
    def __init__(self, checkouts_table: str) -> None:
        self._checkouts = CheckoutRecord.at(checkouts_table)

    def erase(self, user_id: str, _: datetime) -> bool:
        """One query of an index, and a write for each checkout that has ended. They expire some weeks later."""
        keys = [found.checkout_id for found in select(self._checkouts.by_user, user_id)]
        nothing_left = True
        for checkout in self._checkouts.find_many(keys):
            if checkout.ended_at is None:
                nothing_left = False
            elif checkout.delivery is not None or checkout.gift_aid is not None:
                actions = CheckoutRecord.delivery.remove(), CheckoutRecord.gift_aid.remove()
                checkout.change(*actions, condition=CheckoutRecord.ended_at.exists())
        return nothing_left
