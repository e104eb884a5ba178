from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.carts.domain.cart import MAX_QUANTITY, Cart, Line, line_of
from commerce.carts.domain.showing import Change, Reason, ShownLine, shown
from commerce.catalogue.domain.products import Kind, Product, Status
from shared.errors import Conflict, NotFound
from shared.money import MAX_MINOR_UNITS, Money
from tests.commerce.examples import NOW, a_donation_item, a_product


def shown_later(quantity: int = 2, **changes: Any) -> ShownLine:
    """What is shown of a line of teapots once their product has changed."""
    line = line_of(a_product(), quantity, "GBP", NOW)
    return shown(Cart("user#ada", (line,)), {"teapot": a_product(**changes)}, "GBP").lines[0]


def test_line_of_what_has_not_changed_has_no_changes() -> None:
    line = shown_later()

    assert (line.name, line.unit_price, line.line_total) == ("Enamel teapot", Money(850, "GBP"), Money(1700, "GBP"))
    assert (line.reason, line.left, line.changes) == (None, 4, ())
    assert line.image == a_product().images[0]


def test_line_shows_the_price_and_the_name_of_today_and_what_they_were() -> None:
    line = shown_later(price=Money(900, "GBP"), name="Blue teapot")

    assert (line.name, line.line_total) == ("Blue teapot", Money(1800, "GBP"))
    assert line.changes == (
        Change("name", "Enamel teapot", "Blue teapot"),
        Change("unitPrice", Money(850, "GBP"), Money(900, "GBP")),
    )


@pytest.mark.parametrize(("stock", "reason"), [(1, Reason.TOO_FEW), (0, Reason.SOLD_OUT)])
def test_line_of_what_has_run_out_says_what_is_left(stock: int, reason: Reason) -> None:
    line = shown_later(stock=stock)

    assert (line.reason, line.left, line.changes) == (reason, stock, (Change("stock", 4, stock),))


@pytest.mark.parametrize("stock", [2, 3, 5])
def test_stock_that_is_enough_is_no_news(stock: int) -> None:
    assert shown_later(stock=stock).changes == ()


def test_archived_product_is_shown_as_it_is_and_cannot_be_bought() -> None:
    line = shown_later(status=Status.ARCHIVED, name="Old teapot", stock=0)

    assert (line.name, line.reason, line.left) == ("Old teapot", Reason.NOT_OFFERED, None)
    assert line.changes == (Change("name", "Enamel teapot", "Old teapot"), Change("status", "active", "archived"))


def test_goods_that_have_become_a_donation_item_are_listed() -> None:
    line = shown_later(kind=Kind.DONATION, stock=None)

    assert (line.kind, line.reason, line.changes) == (Kind.DONATION, None, (Change("kind", "goods", "donation"),))


def gift_shown_later(**changes: Any) -> ShownLine:
    line = line_of(a_donation_item(), 2, "GBP", NOW, 1_500)
    return shown(Cart("user#ada", (line,)), {"nursing": a_donation_item(**changes)}, "GBP").lines[0]


@pytest.mark.parametrize("changes", [{}, {"price": Money(9_900, "GBP")}])
def test_gift_costs_what_the_customer_gives_whatever_the_shop_suggests(changes: dict[str, Any]) -> None:
    line = gift_shown_later(**changes)

    assert (line.unit_price, line.line_total) == (Money(1_500, "GBP"), Money(3_000, "GBP"))
    assert line.own_price == line.unit_price
    assert line.changes == ()


def test_goods_cost_what_the_shop_says_though_they_were_a_gift_of_another_amount() -> None:
    line = gift_shown_later(kind=Kind.GOODS, stock=9)

    assert (line.unit_price, line.own_price) == (Money(2_500, "GBP"), None)
    assert line.changes == (
        Change("kind", "donation", "goods"),
        Change("unitPrice", Money(1_500, "GBP"), Money(2_500, "GBP")),
    )


def test_gift_that_is_not_offered_any_more_is_shown_as_it_was_put() -> None:
    line = gift_shown_later(status=Status.DRAFT)

    assert (line.unit_price, line.reason) == (Money(1_500, "GBP"), Reason.NOT_OFFERED)


def test_draft_is_shown_as_it_was_seen_when_it_was_none() -> None:
    line = shown_later(status=Status.DRAFT, name="Secret", price=Money(1, "GBP"))

    assert (line.name, line.unit_price, line.reason) == ("Enamel teapot", Money(850, "GBP"), Reason.NOT_OFFERED)
    assert line.changes == (Change("status", "active", None),)
    assert line.image is None


def test_product_that_is_not_there_is_shown_as_it_was_seen() -> None:
    cart = shown(Cart("user#ada", (line_of(a_product(), 1, "GBP", NOW),)), {}, "GBP")

    assert (cart.lines[0].name, cart.lines[0].reason) == ("Enamel teapot", Reason.NOT_OFFERED)
    assert cart.total == Money(0, "GBP")


def test_what_is_priced_in_another_currency_is_not_offered() -> None:
    line = line_of(a_product(), 1, "GBP", NOW)

    cart = shown(Cart("user#ada", (line,)), {"teapot": a_product(price=Money(9, "EUR"))}, "GBP")

    assert (cart.lines[0].reason, cart.total) == (Reason.NOT_OFFERED, Money(0, "GBP"))
    with pytest.raises(Conflict):
        line_of(a_product(price=Money(9, "EUR")), 1, "GBP", NOW)


def test_goods_and_donations_have_totals_of_their_own() -> None:
    products = {product.product_id: product for product in (a_product(), a_donation_item())}
    lines = tuple(line_of(product, 2, "GBP", NOW) for product in products.values())

    cart = shown(Cart("user#ada", lines), products, "GBP")

    assert (cart.goods, cart.donations, cart.total) == (Money(1700, "GBP"), Money(5000, "GBP"), Money(6700, "GBP"))


@pytest.mark.parametrize("product", [None, a_product(status=Status.DRAFT)])
def test_what_customers_cannot_see_cannot_be_put(product: Product | None) -> None:
    with pytest.raises(NotFound):
        line_of(product, 1, "GBP", NOW)


@pytest.mark.parametrize("changes", [{"status": Status.ARCHIVED}, {"price": Money(850, "EUR")}])
def test_what_is_not_offered_any_more_cannot_be_put(changes: dict[str, Any]) -> None:
    with pytest.raises(Conflict) as refusal:
        line_of(a_product(**changes), 4, "GBP", NOW)

    assert [error.field for error in refusal.value.errors] == ["productId"]


@pytest.mark.parametrize(("stock", "reason"), [(0, Reason.SOLD_OUT), (3, Reason.TOO_FEW)])
def test_more_than_there_are_can_be_put_and_is_not_counted(stock: int, reason: Reason) -> None:
    product = a_product(stock=stock)

    cart = shown(Cart("user#ada", (line_of(product, 4, "GBP", NOW),)), {"teapot": product}, "GBP")

    assert [(line.reason, line.left, line.changes) for line in cart.lines] == [(reason, stock, ())]
    assert cart.total == Money(0, "GBP")


@st.composite
def lines_and_their_products_now(draw: st.DrawFn) -> list[tuple[Line, Product]]:
    lines_and_products = {}
    for product_id in draw(st.sets(st.text("abc", min_size=1, max_size=3), max_size=20)):
        product = a_product(
            product_id,
            kind=draw(st.sampled_from(Kind)),
            price=Money(draw(st.integers(0, MAX_MINOR_UNITS)), "GBP"),
            stock=draw(st.none() | st.integers(MAX_QUANTITY, 1000)),
        )
        line = line_of(product, draw(st.integers(1, MAX_QUANTITY)), "GBP", NOW)
        stock, status = draw(st.none() | st.integers(0, 120)), draw(st.sampled_from(Status))
        lines_and_products[product_id] = line, replace(product, stock=stock, status=status)
    return list(lines_and_products.values())


@given(lines_and_their_products_now())
def test_totals_add_up_to_what_can_be_bought(lines_and_products: list[tuple[Line, Product]]) -> None:
    lines = tuple(line for line, _ in lines_and_products)

    cart = shown(Cart("user#ada", lines), {product.product_id: product for _, product in lines_and_products}, "GBP")

    def total(*kinds: Kind) -> int:
        return sum(
            product.price.amount * line.quantity
            for line, product in lines_and_products
            if product.has(line.quantity) and product.kind in kinds
        )

    assert cart.goods.amount == total(Kind.GOODS)
    assert cart.donations.amount == total(Kind.DONATION)
    assert cart.total.amount == total(*Kind)
