"""Whoever else is shopping at the same time, and whatever answers get lost."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.carts.domain.cart import MAX_QUANTITY, Cart, CartConflict
from commerce.carts.domain.cart_service import CartService
from commerce.carts.domain.showing import ShownCart
from shared.errors import Conflict, Unavailable, VersionConflict
from shared.money import Money
from tests.commerce.carts.examples import a_line
from tests.commerce.carts.fakes import AtOnce, FakeCarts
from tests.commerce.carts.services import ADA, GUEST, cart_service, quantities, shop
from tests.commerce.examples import NOW
from tests.shared.clocks import FakeClock
from tests.shared.interleaving import Pause, interleaved


class Restless(FakeCarts):
    """Somebody else writes before each of the first `times` writes."""

    def __init__(self, times: int, write: Callable[[FakeCarts], object]) -> None:
        super().__init__()
        self.left, self._write = times, write

    def _disturb(self) -> None:
        if self.left:
            self.left -= 1
            self._write(self)

    def put(self, *args: Any, **more: Any) -> Cart:
        self._disturb()
        return super().put(*args, **more)

    def merge(self, *args: Any) -> Cart:
        self._disturb()
        return super().merge(*args)


def begun_by_another(carts: FakeCarts) -> None:
    FakeCarts.put(carts, carts.find(ADA, NOW), a_line("b"), NOW, exactly=False)


def test_line_lands_in_a_cart_that_somebody_begins_at_the_same_time() -> None:
    cart = cart_service(Restless(1, begun_by_another)).put(ADA, "a", 2, None, NOW)

    assert quantities(cart) == {"a": 2, "b": 1}
    assert [line.unit_price for line in cart.lines] == [Money(850, "GBP")] * 2
    assert all(line.reason is None for line in cart.lines)


def test_version_that_changes_between_looking_and_writing_is_refused() -> None:
    with pytest.raises(Conflict, match="version 1, not 0"):
        cart_service(Restless(1, begun_by_another)).put(ADA, "a", 2, 0, NOW)


def test_writer_who_never_gets_through_gets_an_error() -> None:
    class Moving(FakeCarts):
        def put(self, *found: Any, **_: Any) -> Cart:
            raise CartConflict(found[0])

    with pytest.raises(Unavailable):
        cart_service(Moving()).put(ADA, "a", 1, None, NOW)


def test_merge_steps_aside_for_others_and_gets_through() -> None:
    clock = FakeClock()
    carts = Restless(0, lambda carts: FakeCarts.put(carts, carts.find(ADA, NOW), a_line("b"), NOW, exactly=False))
    service = cart_service(carts, clock=clock)
    service.put(GUEST, "a", 1, None, NOW)
    carts.left = 3

    assert quantities(service.merge("ada", GUEST, NOW)) == {"a": 1, "b": 1}
    assert clock.slept == [0.05, 0.1, 0.2]


def test_merge_that_never_gets_through_leaves_both_carts() -> None:
    class Moving(FakeCarts):
        def merge(self, *_: Any) -> Cart:
            raise VersionConflict

    carts, clock = Moving(), FakeClock()
    service = cart_service(carts, clock=clock)
    service.put(GUEST, "a", 1, None, NOW)

    with pytest.raises(Unavailable):
        service.merge("ada", GUEST, NOW)

    assert sum(clock.slept) < 5
    assert (quantities(service.read(GUEST, NOW)), quantities(service.read(ADA, NOW))) == ({"a": 1}, {})


class AnswersGetLost(FakeCarts):
    """While `losing`, what is written is done, and nobody hears so."""

    losing = False

    def put(self, *args: Any, **more: Any) -> Cart:
        return self._perhaps_lost(super().put(*args, **more))

    def merge(self, *args: Any) -> Cart:
        return self._perhaps_lost(super().merge(*args))

    def _perhaps_lost(self, cart: Cart) -> Cart:
        if self.losing:
            raise Unavailable("The data store did not say what it did.")
        return cart


def test_request_that_is_repeated_after_a_lost_answer_counts_once() -> None:
    carts = AnswersGetLost()
    service = cart_service(carts)
    attempts: Sequence[Callable[[], ShownCart]] = (
        lambda: service.put(GUEST, "a", 60, None, NOW),
        lambda: service.put(ADA, "a", 30, 0, NOW),
        lambda: service.put(ADA, "b", 1, 1, NOW),
        lambda: service.merge("ada", GUEST, NOW),
    )

    for attempt in attempts:
        carts.losing = True
        with pytest.raises(Unavailable):
            attempt()
        carts.losing = False
        again = attempt()

    assert quantities(again) == quantities(service.read(ADA, NOW)) == {"a": 90, "b": 1}


def at_the_same_time(carts: FakeCarts, task: Callable[[CartService], int]) -> Callable[[Pause], int]:
    """The task on a service of its own over the same carts, paused before each call of theirs."""

    class Pausing:
        def __init__(self, pause: Pause) -> None:
            self._pause = pause

        def __getattr__(self, name: str) -> Any:
            def call(*args: Any, **more: Any) -> Any:
                self._pause()
                return getattr(carts, name)(*args, **more)

            return call

    def run(pause: Pause) -> int:
        service = CartService(Pausing(pause), shop(), "GBP", AtOnce(), lambda _: pause(), lambda _, high: high)
        return task(service)

    return run


def putting(cart_id: str, product_id: str, wanted: Sequence[int]) -> Callable[[CartService], int]:
    """One after the other, each twice, as if its answer had been lost: the last quantity that was taken."""

    def run(service: CartService) -> int:
        taken = 0
        for quantity in (quantity for quantity in wanted for _ in range(2)):
            try:
                assert quantities(service.put(cart_id, product_id, quantity, None, NOW))[product_id] == quantity
            except Conflict:
                assert cart_id == GUEST  # merged by now
                break
            taken = quantity
        return taken

    return run


def merging(service: CartService) -> int:
    try:
        service.merge("ada", GUEST, NOW)
    except Unavailable:
        return 0
    return 1


@given(
    mine=st.lists(st.lists(st.integers(1, MAX_QUANTITY), min_size=1, max_size=2), min_size=1, max_size=2),
    theirs=st.lists(st.lists(st.integers(1, MAX_QUANTITY), min_size=1, max_size=2), min_size=1, max_size=2),
    both=st.tuples(st.integers(0, MAX_QUANTITY), st.integers(0, MAX_QUANTITY)),
    order=st.lists(st.integers(0, 10), max_size=60),
)
def test_whatever_happens_at_the_same_time_nothing_is_lost_and_merged_once(
    mine: list[list[int]], theirs: list[list[int]], both: tuple[int, int], order: list[int]
) -> None:
    """Writers have a product each; one product stands in both carts before. Two tabs merge, and a third one again."""
    carts = FakeCarts()
    for cart_id, quantity in zip((ADA, GUEST), both, strict=True):
        if quantity:
            cart_service(carts).put(cart_id, "f", quantity, None, NOW)
    writers = [(ADA, "ab"[number], wanted) for number, wanted in enumerate(mine)]
    writers += [(GUEST, "cd"[number], wanted) for number, wanted in enumerate(theirs)]
    tasks = [at_the_same_time(carts, putting(*writer)) for writer in writers]
    tasks += [at_the_same_time(carts, merging)] * 2

    outcomes = interleaved(tasks, order)
    cart_service(carts).merge("ada", GUEST, NOW)  # whoever gave up comes back

    expected = {product_id: taken for (_, product_id, _), taken in zip(writers, outcomes, strict=False)}
    expected["f"] = min(sum(both), MAX_QUANTITY)
    there = cart_service(carts).read(ADA, NOW)
    assert quantities(there) == {product_id: quantity for product_id, quantity in expected.items() if quantity}
    assert there.total == Money(850 * sum(expected.values()), "GBP")
