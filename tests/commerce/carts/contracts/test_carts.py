"""What whoever keeps carts must do, in memory and in DynamoDB."""

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from commerce.carts.adapters.carts import CartRecord, DynamoCarts
from commerce.carts.domain.cart import KEPT, MAX_LINES, Cart, CartConflict, Carts, cart_of_guest, cart_of_user
from commerce.catalogue.domain.products import Kind
from local.workspace import ROOT
from shared.errors import Unavailable, VersionConflict
from shared.money import Money
from tests.commerce.carts.examples import a_gift, a_line
from tests.commerce.carts.fakes import FakeCarts
from tests.commerce.examples import NOW
from tests.shared.dynamodb.dynamodb_calls import cost_of
from tests.shared.dynamodb.dynamodb_tables import tables_like

TEMPLATE = ROOT / "commerce" / "tables.yaml"
LATER = NOW + timedelta(minutes=1)
EXPIRED = NOW.replace(microsecond=0) + KEPT


def put(carts: Carts, cart_id: str, *product_ids: str, quantity: int = 1) -> Cart:
    """Put lines there, one after the other."""
    cart = carts.find(cart_id, NOW)
    for product_id in product_ids:
        cart = carts.put(cart, a_line(product_id, quantity), NOW, exactly=False)
    return cart


def quantities(cart: Cart) -> dict[str, int]:
    return {line.product_id: line.quantity for line in cart.lines}


class CartsContract:
    @pytest.fixture
    def ada(self) -> str:
        return cart_of_user(uuid.uuid4().hex)

    @pytest.fixture
    def guest(self) -> str:
        return cart_of_guest(uuid.uuid4().hex)

    def test_where_nothing_was_put_nothing_is(self, carts: Carts, ada: str, guest: str) -> None:
        assert carts.find(ada, NOW) == Cart(ada)
        assert carts.find_two(ada, guest, NOW) == (Cart(ada), Cart(guest))
        assert carts.remove(ada, "teapot", NOW) == carts.clear(ada, NOW) == carts.find(ada, NOW) == Cart(ada)

    def test_lines_are_kept_as_they_are_in_the_order_in_which_they_came(self, carts: Carts, ada: str) -> None:
        odd = a_line("z-_9", 99, NOW, name="Tea ‮pot 🫖 <script>", price=Money(10**11, "GBP"), stock=99)
        gift = replace(a_line("a", 3, LATER, kind=Kind.DONATION, stock=None), own_price=Money(1_500, "GBP"))
        begun = carts.put(Cart(ada), odd, NOW, exactly=False)
        kept = carts.put(begun, gift, LATER, exactly=False)

        assert kept == carts.find(ada, LATER) == Cart(ada, (odd, gift), 2, (LATER + KEPT).replace(microsecond=0))
        assert [line.seen.stock for line in kept.lines] == [99, None]

    def test_own_price_that_a_line_keeps_must_still_be_there(self, carts: Carts, ada: str) -> None:
        """Two tabs: one changes the amount, and the other the quantity, without knowing of it."""
        seen = carts.put(Cart(ada), a_gift(own_amount=1_500), NOW, exactly=False)
        there = carts.put(seen, a_gift(own_amount=2_000), NOW, exactly=False)

        with pytest.raises(CartConflict) as moved:
            carts.put(seen, a_gift(quantity=2, own_amount=1_500), NOW, exactly=False)

        assert moved.value.cart == there
        assert carts.put(there, a_gift(quantity=2, own_amount=2_000), NOW, exactly=False).lines[0].quantity == 2
        assert carts.put(seen, a_gift(own_amount=900), NOW, exactly=False).lines[0].own_price == Money(900, "GBP")

    def test_own_price_that_came_meanwhile_is_no_price_of_the_shops(self, carts: Carts, ada: str) -> None:
        seen = carts.put(Cart(ada), a_gift(), NOW, exactly=False)
        carts.put(seen, a_gift(own_amount=1_500), NOW, exactly=False)

        with pytest.raises(CartConflict):
            carts.put(seen, a_gift(quantity=2), NOW, exactly=False)

    def test_line_that_is_put_again_is_replaced_in_its_place(self, carts: Carts, ada: str) -> None:
        cart = put(carts, ada, "a", "b")

        changed = carts.put(cart, a_line("a", 7, name="Cup"), LATER, exactly=False)

        assert quantities(changed) == {"a": 7, "b": 1}
        assert (changed.version, changed.lines[0].seen.name) == (3, "Cup")

    def test_write_that_knows_nothing_of_the_others_leaves_them(self, carts: Carts, ada: str) -> None:
        seen = put(carts, ada, "a")
        put(carts, ada, "b", "c")

        assert quantities(carts.put(seen, a_line("d"), NOW, exactly=False)) == {"a": 1, "b": 1, "c": 1, "d": 1}

    def test_write_that_begins_a_cart_that_somebody_has_begun_is_refused_with_what_there_is(
        self, carts: Carts, ada: str
    ) -> None:
        nothing, there = carts.find(ada, NOW), put(carts, ada, "a")

        with pytest.raises(CartConflict) as moved:
            carts.put(nothing, a_line("b"), NOW, exactly=False)

        assert moved.value.cart == there == carts.find(ada, NOW)

    def test_exact_write_is_refused_once_anything_has_changed(self, carts: Carts, ada: str) -> None:
        seen = put(carts, ada, "a")
        there = put(carts, ada, "b")

        with pytest.raises(CartConflict) as moved:
            carts.put(seen, a_line("c"), NOW, exactly=True)

        assert moved.value.cart == there
        assert carts.put(there, a_line("c"), NOW, exactly=True).version == 3

    def test_full_cart_takes_no_further_line_but_changes_of_its_own(self, carts: Carts, ada: str) -> None:
        full = put(carts, ada, *(f"product-{number}" for number in range(MAX_LINES)))

        with pytest.raises(CartConflict):
            carts.put(full, a_line("one-too-many"), NOW, exactly=False)
        assert carts.put(full, a_line("product-7", 2), NOW, exactly=False).version == MAX_LINES + 1
        assert len(carts.remove(ada, "product-8", NOW).lines) == MAX_LINES - 1
        assert len(put(carts, ada, "one-too-many").lines) == MAX_LINES

    def test_longest_lines_fit(self, carts: Carts, ada: str) -> None:
        for number in range(MAX_LINES):
            line = a_line(f"{number:064}", 99, name="🫖" * 200, price=Money(10**11, "GBP"))
            carts.put(carts.find(ada, NOW), line, NOW, exactly=False)

        assert len(carts.find(ada, NOW).lines) == MAX_LINES

    def test_removed_line_is_gone_and_removing_it_again_changes_nothing(self, carts: Carts, ada: str) -> None:
        put(carts, ada, "a", "b")

        removed = carts.remove(ada, "a", NOW)

        assert (quantities(removed), removed.version) == ({"b": 1}, 3)
        assert carts.remove(ada, "a", NOW) == carts.remove(ada, "never", NOW) == removed == carts.find(ada, NOW)

    def test_cleared_cart_counts_on_and_clearing_it_again_changes_nothing(self, carts: Carts, ada: str) -> None:
        put(carts, ada, "a", "b")

        cleared = carts.clear(ada, LATER)

        assert (cleared.lines, cleared.version) == ((), 3)
        assert carts.clear(ada, LATER) == cleared == carts.find(ada, LATER)
        assert put(carts, ada, "c").version == 4

    def test_every_change_keeps_the_cart_for_thirty_days_more(self, carts: Carts, ada: str) -> None:
        put(carts, ada, "a", "b")
        changes: list[Callable[[datetime], Cart]] = [
            lambda now: carts.put(carts.find(ada, now), a_line("c"), now, exactly=False),
            lambda now: carts.remove(ada, "a", now),
            lambda now: carts.clear(ada, now),
        ]
        now = NOW.replace(microsecond=0)
        for change in changes:
            now += KEPT - timedelta(seconds=1)
            assert change(now).expires_at == now + KEPT

    def test_expired_cart_is_not_there_from_the_second_on_in_which_it_expires(
        self, carts: Carts, ada: str, guest: str
    ) -> None:
        put(carts, ada, "a", "b")

        assert carts.find(ada, EXPIRED - timedelta(microseconds=1)).lines
        assert carts.find(ada, EXPIRED) == carts.find_two(guest, ada, EXPIRED)[1] == Cart(ada)
        assert carts.remove(ada, "a", EXPIRED) == carts.clear(ada, EXPIRED) == Cart(ada)

    def test_lines_that_have_expired_never_come_back(self, carts: Carts, ada: str) -> None:
        seen = put(carts, ada, "a", "b")

        with pytest.raises(CartConflict) as moved:  # found a moment before, written a moment after
            carts.put(seen, a_line("c"), EXPIRED, exactly=False)
        begun = carts.put(moved.value.cart, a_line("c"), EXPIRED, exactly=False)

        assert moved.value.cart == Cart(ada)
        assert quantities(begun) == quantities(carts.find(ada, EXPIRED)) == {"c": 1}

    def test_merge_gives_the_user_the_lines_and_closes_the_guests_cart(
        self, carts: Carts, ada: str, guest: str
    ) -> None:
        mine, theirs = put(carts, ada, "a"), put(carts, guest, "b", "c")

        merged = carts.merge(mine, (*mine.lines, *theirs.lines), theirs, "ada", LATER)

        assert merged == carts.find(ada, LATER)
        assert (quantities(merged), merged.version) == ({"a": 1, "b": 1, "c": 1}, 2)
        assert merged.expires_at == (LATER + KEPT).replace(microsecond=0)
        closed = carts.find(guest, LATER)
        assert (closed.lines, closed.merged_into) == ((), "ada")

    def test_merge_begins_the_users_cart_where_there_is_none_or_none_any_more(
        self, carts: Carts, ada: str, guest: str
    ) -> None:
        put(carts, ada, "old")
        theirs = carts.put(Cart(guest), a_line("b"), EXPIRED, exactly=False)

        merged = carts.merge(carts.find(ada, EXPIRED), theirs.lines, theirs, "ada", EXPIRED)

        assert quantities(merged) == quantities(carts.find(ada, EXPIRED)) == {"b": 1}

    def test_guests_cart_without_lines_is_closed_and_the_users_stays_as_it_is(
        self, carts: Carts, ada: str, guest: str
    ) -> None:
        mine = put(carts, ada, "a")

        assert carts.merge(mine, mine.lines, Cart(guest), "ada", LATER) == mine == carts.find(ada, LATER)
        assert carts.find(guest, LATER).merged_into == "ada"

    def test_closed_cart_is_not_written(self, carts: Carts, ada: str, guest: str) -> None:
        open_ = put(carts, guest, "a")
        carts.merge(Cart(ada), open_.lines, open_, "ada", NOW)
        closed = carts.find(guest, NOW)

        for cart in (open_, Cart(guest)):
            with pytest.raises(CartConflict) as moved:
                carts.put(cart, a_line("b"), NOW, exactly=False)
            assert moved.value.cart == closed
        assert carts.remove(guest, "a", NOW) == carts.clear(guest, NOW) == carts.find(guest, NOW) == closed

    def test_closed_cart_is_open_again_once_it_has_expired(self, carts: Carts, ada: str, guest: str) -> None:
        carts.merge(Cart(ada), (), Cart(guest), "ada", NOW)

        carts.put(carts.find(guest, EXPIRED), a_line("b"), EXPIRED, exactly=False)

        assert carts.find(guest, EXPIRED).merged_into is None
        assert quantities(carts.find(guest, EXPIRED)) == {"b": 1}

    @pytest.mark.parametrize("whose", ["ada", "guest"])
    def test_merge_of_what_has_changed_since_changes_nothing(
        self, carts: Carts, ada: str, guest: str, whose: str
    ) -> None:
        mine, theirs = put(carts, ada, "a"), put(carts, guest, "b")
        put(carts, {"ada": ada, "guest": guest}[whose], "c")
        before = carts.find_two(ada, guest, NOW)

        with pytest.raises(VersionConflict):
            carts.merge(mine, (*mine.lines, *theirs.lines), theirs, "ada", NOW)

        assert carts.find_two(ada, guest, NOW) == before

    @pytest.mark.parametrize("whose", ["ada", "guest"])
    def test_merge_of_what_has_expired_and_begun_again_since_changes_nothing(
        self, carts: Carts, ada: str, guest: str, whose: str
    ) -> None:
        """Their versions are the same."""
        mine, theirs = put(carts, ada, "a"), put(carts, guest, "b")
        carts.put(Cart({"ada": ada, "guest": guest}[whose]), a_line("c"), EXPIRED, exactly=False)

        with pytest.raises(VersionConflict):
            carts.merge(mine, (*mine.lines, *theirs.lines), theirs, "ada", EXPIRED)

    def test_merge_happens_once(self, carts: Carts, ada: str, guest: str) -> None:
        mine, theirs = put(carts, ada, "a"), put(carts, guest, "b")

        def merge(_: int) -> bool:
            try:
                carts.merge(mine, (*mine.lines, *theirs.lines), theirs, "ada", NOW)
            except (VersionConflict, Unavailable):
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            done = list(pool.map(merge, range(8)))

        assert sum(done) <= 1  # none where all of them met
        assert carts.find(ada, NOW).version == 1 + sum(done)


class TestFakeCarts(CartsContract):
    @pytest.fixture
    def carts(self) -> FakeCarts:
        return FakeCarts()


@pytest.mark.emulator
@pytest.mark.xdist_group("emulator")
class TestDynamoCarts(CartsContract):
    @pytest.fixture
    def carts(self, table: str) -> DynamoCarts:
        return DynamoCarts(table)

    @pytest.fixture
    def table(self, local_aws: str) -> Iterator[str]:
        with tables_like(local_aws, TEMPLATE, ["CartsTable"]) as names:
            yield names["CartsTable"]

    def test_every_reading_and_every_writing_is_one_call(self, carts: DynamoCarts, ada: str, guest: str) -> None:
        mine, theirs = put(carts, ada, "a", "b"), put(carts, guest, "b")

        assert cost_of(lambda: carts.find(ada, NOW)).calls == ["GetItem"]
        assert cost_of(lambda: carts.find_two(ada, guest, NOW)).calls == ["BatchGetItem"]
        assert cost_of(lambda: carts.put(mine, a_line("a", 2), NOW, exactly=False)).calls == ["UpdateItem"]
        assert cost_of(lambda: carts.remove(ada, "a", NOW)).calls == ["UpdateItem"]
        assert cost_of(lambda: carts.clear(ada, NOW)).calls == ["UpdateItem"]
        merging = cost_of(lambda: carts.merge(carts.find(ada, NOW), theirs.lines, theirs, "ada", NOW))
        assert merging.calls == ["GetItem", "TransactWriteItems"]

    def test_cart_says_when_the_table_is_to_delete_it(self, carts: DynamoCarts, table: str, ada: str) -> None:
        put(carts, ada, "a")

        [image] = CartRecord.at(table).find_images([ada])

        assert image["expiresAt"] == {"N": str(int(EXPIRED.timestamp()))}

    def test_fifty_writers_at_once_lose_nothing(self, carts: DynamoCarts, ada: str) -> None:
        cart = put(carts, ada, "first")

        def write(number: int) -> Cart:
            return carts.put(cart, a_line(f"product-{number}", number + 1), NOW, exactly=False)

        with ThreadPoolExecutor(50) as pool:
            seen = list(pool.map(write, range(50)))

        there = carts.find(ada, NOW)
        assert quantities(there) == {"first": 1} | {f"product-{number}": number + 1 for number in range(50)}
        assert {cart.version for cart in seen} == set(range(2, 52))
        assert there.version == 51

    def test_of_fifty_exact_writers_at_once_one_wins(self, carts: DynamoCarts, ada: str) -> None:
        cart = put(carts, ada, "first")

        def write(number: int) -> bool:
            try:
                carts.put(cart, a_line(f"product-{number}"), NOW, exactly=True)
            except CartConflict:
                return False
            return True

        with ThreadPoolExecutor(50) as pool:
            assert sum(pool.map(write, range(50))) == 1

        assert len(carts.find(ada, NOW).lines) == 2

    def test_cart_never_gets_more_lines_than_it_may_have_however_many_write_at_once(
        self, carts: DynamoCarts, ada: str
    ) -> None:
        cart = put(carts, ada, *(f"product-{number}" for number in range(MAX_LINES - 5)))

        def write(number: int) -> bool:
            try:
                carts.put(cart, a_line(f"late-{number}"), NOW, exactly=False)
            except CartConflict:
                return False
            return True

        with ThreadPoolExecutor(20) as pool:
            assert sum(pool.map(write, range(20))) == 5

        assert len(carts.find(ada, NOW).lines) == MAX_LINES


@pytest.mark.usefixtures("out_of_reach")
def test_data_store_out_of_reach_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        DynamoCarts("carts").find("user#ada", NOW)
