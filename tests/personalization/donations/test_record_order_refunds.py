from typing import Any

import pytest

from personalization.donations import wiring
from personalization.donations.domain.giving import RefundRequest, refund_gift
from personalization.donations.domain.order_gifts import record_refunds
from personalization.donations.handlers import record_order_gifts
from personalization.donations.handlers.record_order_refunds import handler
from shared.auth.callers import Caller
from shared.errors import Conflict, Unavailable
from shared.events.domain_events import parse
from shared.money import Money, totals
from tests.personalization.donations.order_events import USER, paid, refunded
from tests.personalization.examples import NOW
from tests.personalization.stores import MemoryStore
from tests.shared.lambda_context import CONTEXT


def rows(store: MemoryStore) -> list[Any]:
    return list(store.ledger.page(USER, anonymous=False, after=None, limit=100).items)


def test_refunds_are_rows_and_leave_less_of_the_gift(store: MemoryStore) -> None:
    record_order_gifts.handler(paid(nursing=2500), CONTEXT)
    for event in (refunded(pence=1000), refunded(pence=500, refund_id="refund-2"), refunded(pence=1000)):
        handler(event, CONTEXT)
    assert totals(row.amount for row in rows(store)) == (Money(1000, "GBP"),)
    gift = next(row for row in rows(store) if row.kind == "gift")
    assert gift.refunded == Money(1500, "GBP")
    assert {row.order_id for row in rows(store)} == {gift.order_id}


@pytest.mark.usefixtures("store")
def test_refund_that_comes_before_its_gift_comes_again() -> None:
    with pytest.raises(Unavailable):
        record_refunds(parse(refunded()["detail"]), wiring.ledger())


def test_gift_of_an_order_is_refunded_with_its_order_only(store: MemoryStore) -> None:
    record_order_gifts.handler(paid(), CONTEXT)
    [gift] = rows(store)
    request = RefundRequest(gift.donation_id, None, "by mistake")
    with pytest.raises(Conflict, match="order"):
        refund_gift(
            Caller("staff-1", frozenset({"staff"})),
            request,
            ledger=store.ledger,
            now=NOW,
            new_id=str,
            claim=None,
        )
