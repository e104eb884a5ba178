"""A guest's cart becomes part of a user's, once."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.carts.domain.cart import KEPT, MAX_LINES, MAX_QUANTITY, Line, cart_of_user
from commerce.carts.domain.merging import merge_lines
from shared.errors import Conflict
from shared.money import MAX_MINOR_UNITS
from tests.commerce.carts.examples import a_gift, a_line
from tests.commerce.carts.fakes import FakeCarts
from tests.commerce.carts.services import ADA, GUEST, PRODUCTS, cart_service, quantities, shop
from tests.commerce.examples import NOW


def test_merging_adds_up_to_ninety_nine_at_most_and_once() -> None:
    service = cart_service(FakeCarts())
    for cart_id, product_id, quantity in ((ADA, "a", 60), (GUEST, "a", 60), (ADA, "b", 2), (GUEST, "b", 3)):
        service.put(cart_id, product_id, quantity, None, NOW)
    service.put(GUEST, "c", 4, None, NOW)

    merged = service.merge("ada", GUEST, NOW)

    assert quantities(merged) == {"a": MAX_QUANTITY, "b": 5, "c": 4}
    assert service.merge("ada", GUEST, NOW) == merged == service.read(ADA, NOW)


def test_merged_cart_can_be_neither_seen_nor_written_and_its_refusal_says_to_sign_in() -> None:
    service = cart_service(FakeCarts())
    service.put(GUEST, "a", 1, None, NOW)
    service.merge("ada", GUEST, NOW)

    attempts: Sequence[Callable[[], object]] = (
        lambda: service.read(GUEST, NOW),
        lambda: service.put(GUEST, "a", 1, None, NOW),
        lambda: service.put(GUEST, "b", 1, None, NOW),
        lambda: service.remove(GUEST, "a", NOW),
        lambda: service.clear(GUEST, NOW),
    )
    for attempt in attempts:
        with pytest.raises(Conflict, match="sign in"):
            attempt()


def test_guests_cart_becomes_part_of_one_users_cart_only() -> None:
    service = cart_service(FakeCarts())
    service.put(GUEST, "a", 1, None, NOW)
    service.merge("ada", GUEST, NOW)

    with pytest.raises(Conflict, match="another user"):
        service.merge("bob", GUEST, NOW)

    assert quantities(service.read(cart_of_user("bob"), NOW)) == {}


def test_what_was_removed_after_merging_does_not_come_back_with_a_late_repetition() -> None:
    service = cart_service(FakeCarts())
    service.put(GUEST, "a", 1, None, NOW)
    service.merge("ada", GUEST, NOW)
    service.clear(ADA, NOW)

    assert quantities(service.merge("ada", GUEST, NOW + KEPT - timedelta(days=1))) == {}


def test_expired_guests_cart_brings_nothing() -> None:
    service = cart_service(FakeCarts())
    service.put(GUEST, "a", 1, None, NOW)

    assert quantities(service.merge("ada", GUEST, NOW + KEPT)) == {}


def test_carts_that_are_too_much_together_stay_apart() -> None:
    ids = [f"product-{number}" for number in range(MAX_LINES + 1)]
    service = cart_service(FakeCarts(), shop(*ids))
    for product_id in ids[1:]:
        service.put(ADA, product_id, 1, None, NOW)
    service.put(GUEST, ids[0], 1, None, NOW)

    with pytest.raises(Conflict, match="100 lines"):
        service.merge("ada", GUEST, NOW)

    assert len(service.read(ADA, NOW).lines) == MAX_LINES
    assert quantities(service.read(GUEST, NOW)) == {ids[0]: 1}


@pytest.mark.parametrize(
    ("mine", "theirs", "merged"),
    [
        (a_gift(quantity=2), a_gift(quantity=1), (3, None)),
        (a_gift(quantity=2, own_amount=1_500), a_gift(quantity=1, own_amount=1_500), (3, 1_500)),
        (a_gift(quantity=2, own_amount=1_500), a_gift(quantity=1, own_amount=500), (1, 3_500)),
        (a_gift(quantity=2), a_gift(quantity=1, own_amount=500), (1, 5_500)),
        (a_gift(own_amount=MAX_MINOR_UNITS), a_gift(own_amount=500), (1, MAX_MINOR_UNITS)),
    ],
)
def test_gifts_of_two_amounts_are_one_gift_of_their_sum(
    mine: Line, theirs: Line, merged: tuple[int, int | None]
) -> None:
    [line] = merge_lines([mine], [theirs])

    assert (line.quantity, line.own_price and line.own_price.amount) == merged


def test_gift_is_merged_at_its_own_amount() -> None:
    assert merge_lines([], [a_gift(own_amount=1_500)]) == (a_gift(own_amount=1_500),)


lines = st.dictionaries(st.sampled_from(PRODUCTS), st.integers(1, MAX_QUANTITY)).map(
    lambda drawn: tuple(a_line(product_id, quantity) for product_id, quantity in drawn.items())
)


@given(lines, lines)
def test_nothing_of_either_cart_is_lost_together(mine: tuple[Line, ...], theirs: tuple[Line, ...]) -> None:
    merged = {line.product_id: line.quantity for line in merge_lines(mine, theirs)}

    apart = [{line.product_id: line.quantity for line in each} for each in (mine, theirs)]
    assert merged.keys() == apart[0].keys() | apart[1].keys()
    for product_id, quantity in merged.items():
        assert quantity == min(sum(each.get(product_id, 0) for each in apart), MAX_QUANTITY)
