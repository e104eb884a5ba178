"""Carts in DynamoDB: one item each, with its lines in a map, so that each can be written without the others.

A cart of 20 lines has 3 to 4 KB: 3 to 4 WCU a write, twice as many in a merge, and 1 RCU a consistent read.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from commerce.carts.domain.cart import MOST_LINES, Cart, CartMovedError, CartsMovedError, Line, Seen, expiry, in_order
from commerce.catalogue.domain.products import Kind
from shared.dynamodb.tables import Change, Condition, ConditionFailed, Item, Table, add, attribute, remove, set_to
from shared.dynamodb.transactions import Cancelled, Transaction
from shared.json.encoding import moment, rfc3339
from shared.money import Money

_LINES = "lines"


class DynamoCarts:
    """The Carts table."""

    def __init__(self, carts_table: str) -> None:
        self._carts = Table(carts_table)

    def find(self, cart_id: str, now: datetime) -> Cart:
        """One consistent GetItem."""
        return cart_in(cart_id, self._carts.get({"cartId": cart_id}), now)

    def find_two(self, first_id: str, second_id: str, now: datetime) -> tuple[Cart, Cart]:
        """One consistent BatchGetItem."""
        items = {item["cartId"]: item for item in self._carts.get_many([{"cartId": first_id}, {"cartId": second_id}])}
        return cart_in(first_id, items.get(first_id), now), cart_in(second_id, items.get(second_id), now)

    def put(self, cart: Cart, line: Line, now: datetime, *, exactly: bool) -> Cart:
        """One UpdateItem."""
        path = (_LINES, line.product_id)
        if cart.expires_at is None:
            # A guest's cart that has expired may have been closed before.
            return self._changed(cart.cart_id, [*_begun([line], now), remove("mergedInto")], _nothing_there(now), now)
        has_room = attribute(path).exists() | attribute(_LINES).size_below(MOST_LINES)
        condition = _open(now) & has_room
        if exactly:
            condition &= attribute("version") == cart.version
        return self._changed(cart.cart_id, [set_to(path, _line_item(line)), *_counted(now)], condition, now)

    def remove(self, cart_id: str, product_id: str, now: datetime) -> Cart:
        """One UpdateItem."""
        path = (_LINES, product_id)
        try:
            return self._changed(cart_id, [remove(path), *_counted(now)], _open(now) & attribute(path).exists(), now)
        except CartMovedError as moved:
            return moved.cart

    def clear(self, cart_id: str, now: datetime) -> Cart:
        """One UpdateItem."""
        has_lines = ~attribute(_LINES).size_below(1)
        try:
            return self._changed(cart_id, [set_to(_LINES, {}), *_counted(now)], _open(now) & has_lines, now)
        except CartMovedError as moved:
            return moved.cart

    def merge(self, cart: Cart, lines: tuple[Line, ...], guest: Cart, user_id: str, now: datetime) -> Cart:
        """One transaction of one or two updates."""
        transaction, merged = Transaction(), cart
        if guest.lines:
            changes = [set_to(_LINES, _lines_item(lines)), *_counted(now)] if cart.expires_at else _begun(lines, now)
            transaction.update("cart", self._carts, {"cartId": cart.cart_id}, changes, _unchanged(cart, now))
            merged = replace(cart, lines=lines, version=cart.version + 1, expires_at=expiry(now))
        closed = [*_begun((), now), set_to("mergedInto", user_id)]
        transaction.update("guest", self._carts, {"cartId": guest.cart_id}, closed, _unchanged(guest, now))
        try:
            transaction.commit()
        except Cancelled as cancelled:
            raise CartsMovedError from cancelled
        return merged

    def _changed(self, cart_id: str, changes: list[Change], condition: Condition, now: datetime) -> Cart:
        """Raises CartMovedError."""
        try:
            item = self._carts.update({"cartId": cart_id}, *changes, condition=condition)
        except ConditionFailed as error:
            raise CartMovedError(cart_in(cart_id, error.item, now)) from error
        return cart_in(cart_id, item, now)


def cart_in(cart_id: str, item: Item | None, now: datetime) -> Cart:
    """The cart of an item; what has expired is none, whether or not DynamoDB has got round to deleting it."""
    if item is None or item["expiresAt"] <= _seconds(now):
        return Cart(cart_id)
    return Cart(
        cart_id,
        in_order(_line_in(product_id, line) for product_id, line in item[_LINES].items()),
        item["version"],
        datetime.fromtimestamp(item["expiresAt"], UTC),
        item.get("mergedInto"),
    )


def _begun(lines: Sequence[Line], now: datetime) -> list[Change]:
    """Whatever was there before is gone."""
    return [
        set_to(_LINES, _lines_item(lines)),
        set_to("version", 1),
        set_to("expiresAt", _seconds(expiry(now))),
    ]


def _counted(now: datetime) -> list[Change]:
    return [add("version", 1), set_to("expiresAt", _seconds(expiry(now)))]


def _nothing_there(now: datetime) -> Condition:
    return attribute("cartId").missing() | (attribute("expiresAt") <= _seconds(now))


def _open(now: datetime) -> Condition:
    return (attribute("expiresAt") > _seconds(now)) & attribute("mergedInto").missing()


def _unchanged(cart: Cart, now: datetime) -> Condition:
    """Versions begin again where a cart has expired; its expiry tells the two apart."""
    if cart.expires_at is None:
        return _nothing_there(now)
    return (attribute("version") == cart.version) & (attribute("expiresAt") == _seconds(cart.expires_at))


def _lines_item(lines: Sequence[Line]) -> Item:
    return {line.product_id: _line_item(line) for line in lines}


def _line_item(line: Line) -> Item:
    seen = line.seen
    item = {
        "quantity": line.quantity,
        "name": seen.name,
        "kind": seen.kind.value,
        "amount": seen.unit_price.amount,
        "currency": seen.unit_price.currency,
        "putAt": rfc3339(line.put_at),
    }
    return item if seen.stock is None else item | {"stock": seen.stock}


def _line_in(product_id: str, item: Item) -> Line:
    price = Money(item["amount"], item["currency"])
    seen = Seen(item["name"], Kind(item["kind"]), price, item.get("stock"))
    return Line(product_id, item["quantity"], seen, moment(item["putAt"]))


def _seconds(at: datetime) -> int:
    return int(at.timestamp())
