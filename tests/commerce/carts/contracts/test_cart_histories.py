"""Any history of users, guests and a catalogue that changes, held against a model, in memory and in DynamoDB."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from commerce.carts.adapters.carts import DynamoCarts
from commerce.carts.domain.cart import KEPT, MAX_QUANTITY, Carts, cart_of_guest, cart_of_user
from commerce.carts.domain.cart_service import CartService
from commerce.catalogue.domain.products import Kind, Status
from local.workspace import ROOT
from shared.errors import Conflict, Invalid, NotFound
from shared.money import Money
from tests.commerce.carts.fakes import AtOnce, FakeCarts
from tests.commerce.catalogue.fakes import FakeProducts
from tests.commerce.examples import NOW, a_product
from tests.shared.dynamodb.dynamodb_tables import tables_like

TEMPLATE = ROOT / "commerce" / "tables.yaml"

whose = st.sampled_from(["ada", "bob", "guest 1", "guest 2"])
users = st.sampled_from(["ada", "bob"])
guests = st.sampled_from(["guest 1", "guest 2"])
products = st.sampled_from(["a", "b", "c", "c", "c", "draft", "nothing"])
some = st.integers(1, MAX_QUANTITY)


@dataclass
class Model:
    """What a cart should be: quantities, and the amounts that customers have chosen."""

    lines: dict[str, int] = field(default_factory=dict)
    amounts: dict[str, int] = field(default_factory=dict)
    expires_at: datetime | None = None
    merged_into: str | None = None


class Histories(RuleBasedStateMachine):
    def __init__(self, carts: Carts) -> None:
        super().__init__()
        self.products = FakeProducts(
            a_product("a", stock=MAX_QUANTITY),
            a_product("b", stock=3, price=Money(1, "GBP")),
            a_product("c", kind=Kind.DONATION, stock=None),
            a_product("draft", status=Status.DRAFT),
        )
        self.service = CartService(carts, self.products, "GBP", AtOnce())
        self.now = NOW
        self.models = {name: Model() for name in ("ada", "bob", "guest 1", "guest 2")}

    @initialize()
    def in_carts_of_their_own(self) -> None:
        """Examples share one table."""
        suffix = uuid.uuid4().hex
        self.user_ids = {name: f"{name}-{suffix}" for name in ("ada", "bob")}
        self.cart_ids = {name: cart_of_user(user_id) for name, user_id in self.user_ids.items()}
        self.cart_ids |= {name: cart_of_guest(f"{name}-{suffix}") for name in ("guest 1", "guest 2")}

    @rule(who=whose, product_id=products, quantity=some, amount=st.sampled_from([None, None, 100, 1_500]))
    def put(self, who: str, product_id: str, quantity: int, amount: int | None) -> None:
        product, model = self.products.find(product_id), self._model(who)
        taken = False
        with suppress(Conflict, Invalid, NotFound):
            self.service.put(self.cart_ids[who], product_id, quantity, None, self.now, amount)
            taken = True
        is_offered = product is not None and product.status is Status.ACTIVE  # more than there are may be put, too
        assert taken is (not model.merged_into and is_offered and (amount is None or product_id == "c"))
        before = model.lines.get(product_id), model.amounts.get(product_id)
        if taken:
            model.lines[product_id] = quantity
            if amount is not None:
                model.amounts[product_id] = amount
        if taken and before != (quantity, model.amounts.get(product_id)):
            self._changed(model)
        elif taken:  # writes only where it acknowledges something
            model.expires_at = self.service.read(self.cart_ids[who], self.now).cart.expires_at

    @rule(who=whose, product_id=products)
    def remove(self, who: str, product_id: str) -> None:
        model = self._model(who)
        with suppress(Conflict):
            self.service.remove(self.cart_ids[who], product_id, self.now)
            if model.lines.pop(product_id, None):
                model.amounts.pop(product_id, None)
                self._changed(model)

    @rule(who=whose)
    def clear(self, who: str) -> None:
        model = self._model(who)
        with suppress(Conflict):
            self.service.clear(self.cart_ids[who], self.now)
            if model.lines:
                model.lines.clear()
                model.amounts.clear()
                self._changed(model)

    @rule(user=users, guest=guests, times=st.integers(1, 3))
    def merge(self, user: str, guest: str, times: int) -> None:
        mine, theirs = self._model(user), self._model(guest)
        for _ in range(times):
            try:
                self.service.merge(self.user_ids[user], self.cart_ids[guest], self.now)
            except Conflict:
                assert theirs.merged_into not in {None, user}
                return
        assert theirs.merged_into in {None, user}
        if theirs.merged_into is None:
            for product_id in theirs.lines:
                self._give(mine, theirs, product_id)
                self._changed(mine)
            theirs.lines.clear()
            theirs.amounts.clear()
            theirs.merged_into = user
            self._changed(theirs)

    @rule(days=st.sampled_from([0.001, 1, 29, 30, 31]))
    def wait(self, days: float) -> None:
        self.now += timedelta(days=days)

    @rule(amount=st.integers(1, 10**6), stock=st.integers(0, 200), status=st.sampled_from([*Status]))
    def change_a_product(self, amount: int, stock: int, status: Status) -> None:
        self.products.by_id["b"] = a_product("b", price=Money(amount, "GBP"), stock=stock, status=status)

    @invariant()
    def every_cart_is_what_it_should_be(self) -> None:
        for who, cart_id in getattr(self, "cart_ids", {}).items():
            model = self._model(who)
            if model.merged_into:
                with pytest.raises(Conflict):
                    self.service.read(cart_id, self.now)
                continue
            shown = self.service.read(cart_id, self.now)
            assert {line.product_id: line.quantity for line in shown.lines} == model.lines
            chosen = {line.product_id: line.own_price.amount for line in shown.lines if line.own_price}
            assert chosen == model.amounts
            assert shown.cart.expires_at == model.expires_at
            assert shown.total.amount == sum(
                self._price(model, product_id) * quantity
                for product_id, quantity in model.lines.items()
                if self.products.by_id[product_id].has(quantity)
            )

    def _give(self, mine: Model, theirs: Model, product_id: str) -> None:
        quantities = mine.lines.get(product_id, 0), theirs.lines[product_id]
        amounts = mine.amounts.get(product_id), theirs.amounts.get(product_id)
        mine.lines[product_id] = min(sum(quantities), MAX_QUANTITY)
        if quantities[0] and amounts[0] != amounts[1]:
            total = sum(
                quantity * self._price(model, product_id)
                for quantity, model in zip(quantities, (mine, theirs), strict=True)
            )
            mine.lines[product_id], mine.amounts[product_id] = 1, total
        elif amounts[1] is not None:
            mine.amounts[product_id] = amounts[1]

    def _price(self, model: Model, product_id: str) -> int:
        return model.amounts.get(product_id) or self.products.by_id[product_id].price.amount

    def _model(self, who: str) -> Model:
        model = self.models[who]
        if model.expires_at and model.expires_at <= self.now:
            self.models[who] = model = Model()
        return model

    def _changed(self, model: Model) -> None:
        model.expires_at = (self.now + KEPT).replace(microsecond=0)


def check(carts: Callable[[], Carts], examples: int, steps: int) -> None:
    class HistoriesOfThese(Histories):
        def __init__(self) -> None:
            super().__init__(carts())

    run_state_machine_as_test(HistoriesOfThese, settings=settings(max_examples=examples, stateful_step_count=steps))


def test_carts_in_memory() -> None:
    check(FakeCarts, 150, 40)


@pytest.fixture
def table(local_aws: str) -> Iterator[str]:
    with tables_like(local_aws, TEMPLATE, ["CartsTable"]) as names:
        yield names["CartsTable"]


@pytest.mark.emulator
@pytest.mark.xdist_group("emulator")
def test_carts_in_dynamodb(table: str) -> None:
    check(lambda: DynamoCarts(table), 15, 20)
