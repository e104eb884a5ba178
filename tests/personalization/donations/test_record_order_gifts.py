from typing import Any

import pytest

from personalization.donations.domain.donations import Donation
from personalization.donations.handlers.record_order_gifts import handler
from shared.money import Money
from tests.personalization.donations.order_events import USER, paid
from tests.personalization.stores import MemoryStore
from tests.shared.lambda_context import CONTEXT, fails_as


def rows(store: MemoryStore) -> list[Any]:
    return list(store.ledger.page(USER, anonymous=False, after=None, limit=100).items)


def test_gifts_of_an_order_are_in_the_ledger_by_name(store: MemoryStore) -> None:
    handler(paid(nursing=2500, trees=700), CONTEXT)
    gifts = rows(store)
    assert {gift.amount for gift in gifts} == {Money(2500, "GBP"), Money(700, "GBP")}
    for gift in gifts:
        assert isinstance(gift, Donation)
        assert (gift.frequency, gift.anonymous, gift.pledge) == ("one-off", False, False)
        assert gift.order_id == "0197a1b2-1111-7000-8000-000000000001"


def test_repeated_event_records_nothing_more(store: MemoryStore) -> None:
    for _ in range(3):
        handler(paid(nursing=2500, trees=700), CONTEXT)
    again = paid(nursing=2500, trees=700)
    again["detail"]["id"] = "published again under another id"
    handler(again, CONTEXT)
    assert len(rows(store)) == 2


def test_order_without_gifts_records_none(store: MemoryStore) -> None:
    event = paid()
    event["detail"]["data"]["donations"].clear()
    handler(event, CONTEXT)
    assert rows(store) == []


@pytest.mark.usefixtures("store")
def test_what_is_no_order_fails() -> None:
    event = paid()
    event["detail"]["data"]["orderId"] = "not an id"
    with fails_as(ValueError):
        handler(event, CONTEXT)
