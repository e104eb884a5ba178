"""Whatever is done, in whatever order or at the same time, and wherever it stops: all say the same of the money."""

import itertools
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.orders.domain.order import Fulfilment
from commerce.orders.domain.order_events import events_of
from commerce.orders.domain.refund import RefundStatus
from commerce.payments.domain.provider import RefundRefused
from shared.errors import AlmonerError, Unavailable
from tests.commerce.orders.examples import LATER, SHIPPING, a_gift, a_line, gbp
from tests.commerce.orders.shop import ADA, TOM, Shop, adds_up, claim, of_all, of_amount, of_lines
from tests.shared.interleaving import Pause, interleaved

TEAPOTS, GIFT = 1700, 2500
TOTAL = TEAPOTS + SHIPPING + GIFT


class Crashed(BaseException):
    """The process has ended: nothing of it goes on."""


def calls_of(act: Callable[[Shop, Callable[[], None]], object]) -> int:
    shop, counted = Shop(), itertools.count()

    def count() -> None:
        next(counted)

    act(shop, count)
    return next(counted)


def cancelling(shop: Shop, around: Callable[[], None]) -> None:
    shop.refunds(around).cancel(ADA, shop.order_id, LATER)


def refunding(shop: Shop, around: Callable[[], None]) -> None:
    shop.refunds(around).refund(TOM, shop.order_id, of_lines(teapot=1), claim("k1"), LATER)


@pytest.mark.parametrize(
    ("act", "point"),
    [(act, point) for act in (cancelling, refunding) for point in range(calls_of(act))],
    ids=lambda value: value.__name__ if callable(value) else str(value),
)
@pytest.mark.parametrize("comes_back", [False, True], ids=["looked after", "repeated"])
def test_crash_before_and_after_every_call(
    act: Callable[[Shop, Callable[[], None]], object],
    point: int,
    comes_back: bool,
) -> None:
    """Whoever was asked to look after the order does so; the client may have sent the request again before."""
    shop, counted = Shop(), itertools.count()

    def crash() -> None:
        if next(counted) == point:
            raise Crashed

    with pytest.raises(Crashed):
        act(shop, crash)
    if comes_back:
        act(shop, lambda: None)
    for order_id in shop.settlements.requested:
        shop.refunds().look_after(order_id, LATER + timedelta(minutes=1))

    adds_up(shop)
    assert not any(refund.status is RefundStatus.REQUESTED for refund in shop.order.refunds)
    assert len(shop.provider.all_refunds) == len(shop.order.refunds)
    assert len(shop.order.refunds) == 1 or not comes_back


REQUESTS = st.one_of(
    st.just(of_all()),
    st.integers(1, TOTAL).map(of_amount),
    st.builds(lambda teapot, cup: of_lines(teapot=teapot, cup=cup), st.integers(1, 2), st.integers(1, 3)),
)
ACTIONS = st.one_of(
    st.tuples(st.just("refund"), REQUESTS, st.sampled_from(["k1", "k2", "k3", "k4"])),
    st.tuples(st.just("cancel")),
    st.tuples(st.just("fulfil")),
    st.tuples(st.just("look after")),
    st.tuples(st.just("provider fails"), st.sampled_from(["before", "after"]), st.sampled_from(["refund", "refunds"])),
    st.tuples(st.just("are"), st.sampled_from(["pending", "succeeded"])),
    st.tuples(st.just("refund fails"), st.integers(0, 5)),
    st.tuples(st.just("pending succeeds"), st.integers(0, 5)),
    st.tuples(st.just("by hand"), st.integers(1, TOTAL)),
    st.tuples(st.just("dispute")),
    st.tuples(st.just("decide"), st.sampled_from(["won", "lost"])),
)


def act(shop: Shop, action: Any, around: Callable[[], None] = lambda: None) -> None:
    provider, order_id, refunds = shop.provider, shop.order_id, shop.refunds(around)
    made = list(provider.all_refunds)
    match action:
        case ("refund", request, key):
            refunds.refund(TOM, order_id, request, claim(key, repr(request)), LATER)
        case ("cancel",):
            refunds.cancel(ADA, order_id, LATER)
        case ("fulfil",):
            refunds.book.change(order_id, lambda order: order.fulfilled(Fulfilment(LATER, "tom", None, None)), LATER)
        case ("look after",):
            refunds.look_after(order_id, LATER + timedelta(minutes=1))
        case ("provider fails", when, what):
            (provider.before if when == "before" else provider.after)[what] = 1
        case ("are", status):
            provider.refunds_are = status
        case ("refund fails", number) if made and made[number % len(made)].status != "failed":
            provider.fail_refund(made[number % len(made)].refund_id)
        case ("pending succeeds", number) if made and made[number % len(made)].status == "pending":
            done = made[number % len(made)]
            provider.all_refunds = [replace(each, status="succeeded") if each is done else each for each in made]
        case ("by hand", amount):
            with suppress(RefundRefused):
                provider.refund(shop.order.payment_id, gbp(amount), key=f"by hand {len(made)}", labels={})
        case ("dispute",) if not provider.all_disputes and provider.left(shop.order.payment_id):
            provider.dispute(shop.order.payment_id)
        case ("decide", outcome):
            for _, dispute in provider.all_disputes:
                if dispute.status == "open":
                    provider.decide(dispute.dispute_id, outcome)


def claims_no_more_than_is_given_back(shop: Shop) -> None:
    """A refund that has failed since may not have been heard of."""
    made = shop.provider.all_refunds
    assert shop.order.refunded.amount <= sum(each.amount.amount for each in made)
    assert sum(refund.amount.amount for refund in shop.order.refunds if refund.is_booked and refund.is_claimed) <= sum(
        each.amount.amount for each in made
    )


def settle(shop: Shop) -> None:
    """Everybody hears of everything."""
    shop.provider.before.clear()
    shop.provider.after.clear()
    for _ in range(2):
        shop.look_after()
    adds_up(shop)
    assert shop.look_after() == shop.order


def events_say_the_same(shop: Shop) -> None:
    """Whoever adds up the events of an order knows what is left of each line, whatever order they come in."""
    said, ids = Counter[str | None](), list[str]()
    for old, new in itertools.pairwise(shop.orders.versions):
        for _, event in events_of(old, new):
            ids.append(event.id)
            sign = {"succeeded": 1, "open": 1, "failed": -1, "won": -1}.get(event.data.get("status", ""), 0)
            for line in event.data.get("lines", []):
                said[line["productId"]] += sign * line["amount"].amount
    order = shop.order
    gone = {id_: order.refunded_of(id_).amount + order.disputed_of(id_) for id_ in ("teapot", "cup", "nursing", None)}
    assert {id_: said[id_] for id_ in gone} == gone
    assert len(ids) == len(set(ids))


@given(st.lists(ACTIONS, max_size=12))
def test_whatever_is_done_in_whatever_order_adds_up(actions: list[Any]) -> None:
    shop = Shop(a_line(), a_line("cup", 3, 200), a_gift())
    for action in actions:
        with suppress(AlmonerError):
            act(shop, action)
        claims_no_more_than_is_given_back(shop)
    settle(shop)
    events_say_the_same(shop)


@given(
    tasks=st.lists(
        st.tuples(st.lists(ACTIONS, min_size=1, max_size=3), st.sets(st.integers(0, 40), max_size=1)),
        min_size=2,
        max_size=3,
    ),
    order=st.lists(st.integers(0, 10), max_size=60),
)
def test_whatever_is_done_at_the_same_time_and_crashes_adds_up(
    tasks: list[tuple[list[Any], set[int]]], order: list[int]
) -> None:
    shop = Shop(a_line(), a_line("cup", 3, 200), a_gift())

    def task(actions: list[Any], crashes: set[int]) -> Callable[[Pause], None]:
        def run(pause: Pause) -> None:
            counted = itertools.count()

            def around() -> None:
                pause()
                if next(counted) in crashes:
                    raise Crashed

            for action in actions:
                with suppress(AlmonerError, Crashed):
                    act(shop, action, around)

        return run

    interleaved([task(*each) for each in tasks], order)
    settle(shop)
    events_say_the_same(shop)


def test_orders_of_others_changing_all_the_time_is_unavailable() -> None:
    shop = Shop()

    def disturb() -> None:
        shop.orders.by_id[shop.order_id] = replace(shop.order, version=shop.order.version + 1)

    with pytest.raises(Unavailable):
        shop.refunds(disturb).cancel(ADA, shop.order_id, LATER)

    assert shop.provider.all_refunds == []
