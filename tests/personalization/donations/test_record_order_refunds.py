from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personalization.donations import wiring
from personalization.donations.domain.giving import RefundRequest, refund_gift
from personalization.donations.domain.order_gifts import record_changes, record_gifts
from personalization.donations.handlers import record_order_gifts
from personalization.donations.handlers.record_order_refunds import handler
from shared.auth.callers import Caller
from shared.errors import Conflict, Unavailable
from shared.events.domain_events import parse
from shared.money import Money, totals
from tests.personalization.donations.order_events import USER, disputed, paid, refunded
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
        record_changes(parse(refunded()["detail"]), wiring.ledger())


@pytest.mark.parametrize(
    ("events", "kinds", "left"),
    [
        ([refunded(), refunded(status="failed")], ["reversal", "refund"], 2500),
        ([disputed()], ["charge-back"], 1500),
        ([disputed(), disputed(status="lost")], ["charge-back"], 1500),
        ([disputed(), disputed(status="won")], ["reversal", "charge-back"], 2500),
        ([disputed(), disputed(status="lost"), disputed(status="won")], ["reversal", "charge-back"], 2500),
    ],
)
def test_ledger_follows_failed_refunds_and_disputes(
    store: MemoryStore, events: list[Any], kinds: list[str], left: int
) -> None:
    record_order_gifts.handler(paid(nursing=2500), CONTEXT)
    for event in events:
        handler(event, CONTEXT)

    changes = [row for row in rows(store) if row.kind != "gift"]
    assert sorted(row.kind for row in changes) == sorted(kinds)
    assert totals(row.amount for row in rows(store)) == (Money(left, "GBP"),)
    [gift] = [row for row in rows(store) if row.kind == "gift"]
    assert gift.remaining == Money(left, "GBP")
    assert {row.refund_of for row in changes} == {gift.donation_id}


REFUNDS = st.sampled_from([["succeeded"], ["succeeded", "failed"]])
DISPUTES = st.sampled_from([["open"], ["open", "lost"], ["open", "won"], ["open", "lost", "won"]])
HISTORIES = st.lists(
    st.tuples(
        st.sampled_from(["nursing", "trees"]),
        st.integers(1, 700),
        st.one_of(st.tuples(st.just(refunded), REFUNDS), st.tuples(st.just(disputed), DISPUTES)),
    ),
    max_size=4,
)


@given(HISTORIES, st.data())
def test_events_add_up_however_often_and_in_whatever_order_they_come(
    histories: list[tuple[str, int, tuple[Any, list[str]]]], data: st.DataObject
) -> None:
    store, expected = MemoryStore(), Counter(nursing=2500, trees=700)
    sent: list[tuple[Any, Any]] = [(record_gifts, paid(**expected))]
    for number, (product_id, pence, (make, statuses)) in enumerate(histories):
        sent += [(record_changes, make(product_id, pence, f"cause-{number}", status)) for status in statuses]
        if statuses[-1] not in {"failed", "won"}:
            expected[product_id] -= pence
    waiting = data.draw(st.permutations(sent + data.draw(st.lists(st.sampled_from(sent), max_size=5))))

    while waiting:  # what fails comes again
        (record, event), *waiting = waiting
        try:
            record(parse(event["detail"]), store.ledger)
        except Unavailable:
            waiting.append((record, event))

    assert totals(row.amount for row in rows(store)) == (Money(expected.total(), "GBP"),)
    gifts = {row.donation_id: row for row in rows(store) if row.kind == "gift"}
    left = Counter({donation_id: gift.amount.amount for donation_id, gift in gifts.items()})
    for row in rows(store):
        if row.kind != "gift":
            left[row.refund_of] += row.amount.amount
    assert sorted(left.values()) == sorted(expected.values())
    assert len(rows(store)) == 2 + sum(len(set(statuses) - {"lost"}) for _, _, (_, statuses) in histories)


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
