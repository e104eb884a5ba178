"""What no single store shows: carts of users and guests together, whoever else is shopping at the same time."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.domain.carts.cart import (
    KEPT,
    MOST_LINES,
    MOST_OF_ONE,
    Cart,
    CartMovedError,
    CartsMovedError,
    Line,
    cart_of_guest,
    cart_of_user,
)
from commerce.domain.carts.merging import together
from commerce.domain.carts.shopping import Shopping
from commerce.domain.carts.showing import Change, ShownCart
from commerce.domain.products import Product
from shared.errors import Conflict, Unavailable
from shared.money import Money
from tests.commerce.carts.examples import a_line
from tests.commerce.carts.fakes import AtOnce, FakeCarts
from tests.commerce.examples import NOW, a_product
from tests.commerce.fakes import FakeProducts
from tests.shared.clocks import FakeClock
from tests.shared.interleaving import Pause, interleaved

ADA, GUEST = cart_of_user("ada"), cart_of_guest("1")
PRODUCTS = ("a", "b", "c", "d", "e", "f")


def shop(*product_ids: str, stock: int = 500) -> FakeProducts:
    return FakeProducts(*(a_product(product_id, stock=stock) for product_id in product_ids or PRODUCTS))


def shopping(carts: FakeCarts, products: FakeProducts | None = None, clock: FakeClock | None = None) -> Shopping:
    return Shopping(carts, products or shop(), "GBP", AtOnce(), (clock or FakeClock()).sleep, lambda _, most: most)


def quantities(cart: ShownCart | Cart) -> dict[str, int]:
    return {line.product_id: line.quantity for line in cart.lines}


def test_putting_the_same_again_changes_nothing_whatever_version_was_seen() -> None:
    carts = FakeCarts()
    desk = shopping(carts)
    first = desk.put(ADA, "a", 3, 0, NOW)

    assert desk.put(ADA, "a", 3, 0, NOW + timedelta(days=1)) == first
    assert carts.writes == 1


def test_stock_that_others_buy_from_does_not_make_it_another_line() -> None:
    carts, products = FakeCarts(), shop("a")
    desk = shopping(carts, products)
    desk.put(ADA, "a", 3, None, NOW)
    products.by_id["a"] = a_product("a", stock=17)

    desk.put(ADA, "a", 3, None, NOW)

    assert carts.writes == 1


def test_putting_a_line_again_acknowledges_what_has_changed() -> None:
    carts, products = FakeCarts(), shop("a")
    desk = shopping(carts, products)
    desk.put(ADA, "a", 1, None, NOW)
    products.by_id["a"] = a_product("a", stock=500, price=Money(900, "GBP"))
    assert desk.look(ADA, NOW).lines[0].changes == (Change("unitPrice", Money(850, "GBP"), Money(900, "GBP")),)

    acknowledged = desk.put(ADA, "a", 1, None, NOW)

    assert acknowledged.lines[0].changes == desk.look(ADA, NOW).lines[0].changes == ()
    assert acknowledged.cart.version == 2


def test_putting_a_line_again_acknowledges_that_there_are_too_few() -> None:
    carts, products = FakeCarts(), shop("a")
    desk = shopping(carts, products)
    desk.put(ADA, "a", 3, None, NOW)
    products.by_id["a"] = a_product("a", stock=1)
    assert desk.look(ADA, NOW).lines[0].changes == (Change("stock", 500, 1),)

    acknowledged = desk.put(ADA, "a", 3, 1, NOW)

    assert acknowledged.lines[0].changes == desk.look(ADA, NOW).lines[0].changes == ()
    assert desk.put(ADA, "a", 3, 1, NOW) == acknowledged
    assert carts.writes == 2


def test_request_that_is_repeated_gets_its_answer_also_where_there_are_too_few_by_now() -> None:
    carts, products = FakeCarts(), shop("a")
    desk = shopping(carts, products)
    desk.put(ADA, "a", 3, 0, NOW)
    products.by_id["a"] = a_product("a", stock=1)

    assert desk.put(ADA, "a", 3, 0, NOW).lines[0].changes == (Change("stock", 500, 1),)
    assert carts.writes == 1


def test_version_that_is_not_that_of_the_cart_any_more_is_refused_with_the_one_that_is() -> None:
    carts = FakeCarts()
    desk = shopping(carts)
    for product_id in PRODUCTS[:3]:
        desk.put(ADA, product_id, 1, None, NOW)

    with pytest.raises(Conflict) as refusal:
        desk.put(ADA, "d", 1, 2, NOW)

    assert [(error.field, error.message) for error in refusal.value.errors] == [("version", "is 3 by now")]
    assert desk.put(ADA, "d", 1, 3, NOW).cart.version == 4


def test_full_cart_is_a_conflict_that_says_how_many_lines_there_may_be() -> None:
    ids = [f"product-{number}" for number in range(MOST_LINES + 1)]
    desk = shopping(FakeCarts(), shop(*ids))
    for product_id in ids[:-1]:
        desk.put(ADA, product_id, 1, None, NOW)

    with pytest.raises(Conflict, match="100 lines"):
        desk.put(ADA, ids[-1], 1, None, NOW)
    assert len(desk.put(ADA, ids[0], 2, None, NOW).lines) == MOST_LINES


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
    cart = shopping(Restless(1, begun_by_another)).put(ADA, "a", 2, None, NOW)

    assert quantities(cart) == {"a": 2, "b": 1}
    assert [line.unit_price for line in cart.lines] == [Money(850, "GBP")] * 2
    assert all(line.reason is None for line in cart.lines)


def test_version_that_changes_between_looking_and_writing_is_refused() -> None:
    with pytest.raises(Conflict, match="version 1, you have seen 0"):
        shopping(Restless(1, begun_by_another)).put(ADA, "a", 2, 0, NOW)


def test_writer_who_never_gets_through_is_told_so() -> None:
    class Moving(FakeCarts):
        def put(self, *found: Any, **_: Any) -> Cart:
            raise CartMovedError(found[0])

    with pytest.raises(Unavailable):
        shopping(Moving()).put(ADA, "a", 1, None, NOW)


def test_merge_steps_aside_for_others_and_gets_through() -> None:
    clock = FakeClock()
    carts = Restless(0, lambda carts: FakeCarts.put(carts, carts.find(ADA, NOW), a_line("b"), NOW, exactly=False))
    desk = shopping(carts, clock=clock)
    desk.put(GUEST, "a", 1, None, NOW)
    carts.left = 3

    assert quantities(desk.merge("ada", GUEST, NOW)) == {"a": 1, "b": 1}
    assert clock.slept == [0.05, 0.1, 0.2]


def test_merge_that_never_gets_through_leaves_both_carts() -> None:
    class Moving(FakeCarts):
        def merge(self, *_: Any) -> Cart:
            raise CartsMovedError

    carts, clock = Moving(), FakeClock()
    desk = shopping(carts, clock=clock)
    desk.put(GUEST, "a", 1, None, NOW)

    with pytest.raises(Unavailable):
        desk.merge("ada", GUEST, NOW)

    assert sum(clock.slept) < 5
    assert (quantities(desk.look(GUEST, NOW)), quantities(desk.look(ADA, NOW))) == ({"a": 1}, {})


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
    desk = shopping(carts)
    attempts: Sequence[Callable[[], ShownCart]] = (
        lambda: desk.put(GUEST, "a", 60, None, NOW),
        lambda: desk.put(ADA, "a", 30, 0, NOW),
        lambda: desk.put(ADA, "b", 1, 1, NOW),
        lambda: desk.merge("ada", GUEST, NOW),
    )

    for attempt in attempts:
        carts.losing = True
        with pytest.raises(Unavailable):
            attempt()
        carts.losing = False
        again = attempt()

    assert quantities(again) == quantities(desk.look(ADA, NOW)) == {"a": 90, "b": 1}


def test_nothing_is_written_for_a_product_that_cannot_be_looked_up() -> None:
    class OutOfReach(FakeProducts):
        def find_many(self, product_ids: Sequence[str]) -> dict[str, Product]:
            raise Unavailable(f"{len(product_ids)} products are out of reach.")

    carts = FakeCarts()

    with pytest.raises(Unavailable):
        shopping(carts, OutOfReach()).put(ADA, "a", 1, None, NOW)
    assert carts.writes == 0


def test_merging_adds_up_to_ninety_nine_at_most_and_once() -> None:
    desk = shopping(FakeCarts())
    for cart_id, product_id, quantity in ((ADA, "a", 60), (GUEST, "a", 60), (ADA, "b", 2), (GUEST, "b", 3)):
        desk.put(cart_id, product_id, quantity, None, NOW)
    desk.put(GUEST, "c", 4, None, NOW)

    merged = desk.merge("ada", GUEST, NOW)

    assert quantities(merged) == {"a": MOST_OF_ONE, "b": 5, "c": 4}
    assert desk.merge("ada", GUEST, NOW) == merged == desk.look(ADA, NOW)


def test_merged_cart_can_be_neither_seen_nor_written_and_its_refusal_says_to_sign_in() -> None:
    desk = shopping(FakeCarts())
    desk.put(GUEST, "a", 1, None, NOW)
    desk.merge("ada", GUEST, NOW)

    attempts: Sequence[Callable[[], object]] = (
        lambda: desk.look(GUEST, NOW),
        lambda: desk.put(GUEST, "a", 1, None, NOW),
        lambda: desk.put(GUEST, "b", 1, None, NOW),
        lambda: desk.remove(GUEST, "a", NOW),
        lambda: desk.clear(GUEST, NOW),
    )
    for attempt in attempts:
        with pytest.raises(Conflict, match="sign in"):
            attempt()


def test_guests_cart_becomes_part_of_one_users_cart_only() -> None:
    desk = shopping(FakeCarts())
    desk.put(GUEST, "a", 1, None, NOW)
    desk.merge("ada", GUEST, NOW)

    with pytest.raises(Conflict, match="another user"):
        desk.merge("bob", GUEST, NOW)

    assert quantities(desk.look(cart_of_user("bob"), NOW)) == {}


def test_what_was_removed_after_merging_does_not_come_back_with_a_late_repetition() -> None:
    desk = shopping(FakeCarts())
    desk.put(GUEST, "a", 1, None, NOW)
    desk.merge("ada", GUEST, NOW)
    desk.clear(ADA, NOW)

    assert quantities(desk.merge("ada", GUEST, NOW + KEPT - timedelta(days=1))) == {}


def test_expired_guests_cart_brings_nothing() -> None:
    desk = shopping(FakeCarts())
    desk.put(GUEST, "a", 1, None, NOW)

    assert quantities(desk.merge("ada", GUEST, NOW + KEPT)) == {}


def test_carts_that_are_too_much_together_stay_apart() -> None:
    ids = [f"product-{number}" for number in range(MOST_LINES + 1)]
    desk = shopping(FakeCarts(), shop(*ids))
    for product_id in ids[1:]:
        desk.put(ADA, product_id, 1, None, NOW)
    desk.put(GUEST, ids[0], 1, None, NOW)

    with pytest.raises(Conflict, match="100 lines"):
        desk.merge("ada", GUEST, NOW)

    assert len(desk.look(ADA, NOW).lines) == MOST_LINES
    assert quantities(desk.look(GUEST, NOW)) == {ids[0]: 1}


lines = st.dictionaries(st.sampled_from(PRODUCTS), st.integers(1, MOST_OF_ONE)).map(
    lambda drawn: tuple(a_line(product_id, quantity) for product_id, quantity in drawn.items())
)


@given(lines, lines)
def test_nothing_of_either_cart_is_lost_together(mine: tuple[Line, ...], theirs: tuple[Line, ...]) -> None:
    merged = {line.product_id: line.quantity for line in together(mine, theirs)}

    apart = [{line.product_id: line.quantity for line in each} for each in (mine, theirs)]
    assert merged.keys() == apart[0].keys() | apart[1].keys()
    for product_id, quantity in merged.items():
        assert quantity == min(sum(each.get(product_id, 0) for each in apart), MOST_OF_ONE)


def at_the_same_time(carts: FakeCarts, task: Callable[[Shopping], int]) -> Callable[[Pause], int]:
    """The task on a desk of its own over the same carts, paused before each call of theirs."""

    class Pausing:
        def __init__(self, pause: Pause) -> None:
            self._pause = pause

        def __getattr__(self, name: str) -> Any:
            def call(*args: Any, **more: Any) -> Any:
                self._pause()
                return getattr(carts, name)(*args, **more)

            return call

    def run(pause: Pause) -> int:
        desk = Shopping(Pausing(pause), shop(), "GBP", AtOnce(), lambda _: pause(), lambda _, most: most)
        return task(desk)

    return run


def putting(cart_id: str, product_id: str, wanted: Sequence[int]) -> Callable[[Shopping], int]:
    """One after the other, each twice, as if its answer had been lost: the last quantity that was taken."""

    def run(desk: Shopping) -> int:
        taken = 0
        for quantity in (quantity for quantity in wanted for _ in range(2)):
            try:
                assert quantities(desk.put(cart_id, product_id, quantity, None, NOW))[product_id] == quantity
            except Conflict:
                assert cart_id == GUEST  # merged by now
                break
            taken = quantity
        return taken

    return run


def merging(desk: Shopping) -> int:
    try:
        desk.merge("ada", GUEST, NOW)
    except Unavailable:
        return 0
    return 1


@given(
    mine=st.lists(st.lists(st.integers(1, MOST_OF_ONE), min_size=1, max_size=2), min_size=1, max_size=2),
    theirs=st.lists(st.lists(st.integers(1, MOST_OF_ONE), min_size=1, max_size=2), min_size=1, max_size=2),
    both=st.tuples(st.integers(0, MOST_OF_ONE), st.integers(0, MOST_OF_ONE)),
    order=st.lists(st.integers(0, 10), max_size=60),
)
def test_whatever_happens_at_the_same_time_nothing_is_lost_and_merged_once(
    mine: list[list[int]], theirs: list[list[int]], both: tuple[int, int], order: list[int]
) -> None:
    """Writers have a product each; one product stands in both carts before. Two tabs merge, and a third one again."""
    carts = FakeCarts()
    for cart_id, quantity in zip((ADA, GUEST), both, strict=True):
        if quantity:
            shopping(carts).put(cart_id, "f", quantity, None, NOW)
    writers = [(ADA, "ab"[number], wanted) for number, wanted in enumerate(mine)]
    writers += [(GUEST, "cd"[number], wanted) for number, wanted in enumerate(theirs)]
    tasks = [at_the_same_time(carts, putting(*writer)) for writer in writers]
    tasks += [at_the_same_time(carts, merging)] * 2

    outcomes = interleaved(tasks, order)
    shopping(carts).merge("ada", GUEST, NOW)  # whoever gave up comes back

    expected = {product_id: taken for (_, product_id, _), taken in zip(writers, outcomes, strict=False)}
    expected["f"] = min(sum(both), MOST_OF_ONE)
    there = shopping(carts).look(ADA, NOW)
    assert quantities(there) == {product_id: quantity for product_id, quantity in expected.items() if quantity}
    assert there.total == Money(850 * sum(expected.values()), "GBP")
