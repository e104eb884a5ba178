"""Carts in DynamoDB: one item per cart, with a map of lines, so that each can be written on its own.

A cart of 20 lines has 3 to 4 KB: 3 to 4 WCU a write, twice as many in a merge, and 1 RCU a consistent read.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.condition import Condition, size
from pynamodb.expressions.update import Action

from commerce.carts.domain.cart import CART, MAX_LINES, Cart, CartConflict, Line, Seen, expiry, in_order
from commerce.catalogue.domain.products import Kind
from shared.dynamodb.attributes import DocumentAttribute, IntegerAttribute, SecondsAttribute
from shared.dynamodb.records import ConditionFailed, Record
from shared.dynamodb.transactions import Transaction
from shared.errors import VersionConflict
from shared.json.encoding import moment, rfc3339
from shared.money import Money
from shared.persistence.unit_of_work import UnitOfWork, WriteRefused


class CartRecord(Record):
    """`lines` are by product; `merged_into` is the user whose cart has taken over a guest's."""

    cart_id = UnicodeAttribute(hash_key=True, attr_name="cartId")
    lines = DocumentAttribute()
    version = IntegerAttribute()
    expires_at = SecondsAttribute(attr_name="expiresAt")
    merged_into = UnicodeAttribute(null=True, attr_name="mergedInto")

    def to_cart(self) -> Cart:
        lines = in_order(_line_in(product_id, line) for product_id, line in self.lines.items())
        return Cart(self.cart_id, lines, self.version, self.expires_at, self.merged_into)


class DynamoCarts:
    """The Carts table."""

    def __init__(self, carts_table: str) -> None:
        self._carts = CartRecord.at(carts_table)

    def find(self, cart_id: str, now: datetime) -> Cart:
        """One consistent GetItem."""
        return _cart_in(cart_id, self._carts.find(cart_id), now)

    def find_two(self, first_id: str, second_id: str, now: datetime) -> tuple[Cart, Cart]:
        """One consistent BatchGetItem."""
        found = {record.cart_id: record for record in self._carts.find_many([first_id, second_id])}
        return _cart_in(first_id, found.get(first_id), now), _cart_in(second_id, found.get(second_id), now)

    def put(self, cart: Cart, line: Line, now: datetime, *, exactly: bool) -> Cart:
        """One UpdateItem."""
        if cart.expires_at is None:
            # A guest's cart that has expired may have been closed before.
            begun = [*_begun([line], now), CartRecord.merged_into.remove()]
            return self._changed(cart.cart_id, begun, _nothing_there(now), now)
        path = CartRecord.lines[line.product_id]
        condition = _open(now) & (path.exists() | (size(CartRecord.lines) < MAX_LINES))
        existing = cart.line(line.product_id)
        if existing and existing.own_price == line.own_price:
            condition &= _same_own_price(line)
        if exactly:
            condition &= CartRecord.version == cart.version
        return self._changed(cart.cart_id, [path.set(_line_document(line)), *_counted(now)], condition, now)

    def remove(self, cart_id: str, product_id: str, now: datetime) -> Cart:
        """One UpdateItem."""
        path = CartRecord.lines[product_id]
        try:
            return self._changed(cart_id, [path.remove(), *_counted(now)], _open(now) & path.exists(), now)
        except CartConflict as error:
            return error.cart

    def clear(self, cart_id: str, now: datetime) -> Cart:
        """One UpdateItem."""
        has_lines = size(CartRecord.lines) >= 1
        try:
            return self._changed(cart_id, [CartRecord.lines.set({}), *_counted(now)], _open(now) & has_lines, now)
        except CartConflict as error:
            return error.cart

    def merge(self, cart: Cart, lines: tuple[Line, ...], guest: Cart, user_id: str, now: datetime) -> Cart:
        """One transaction of one or two updates."""
        transaction, merged = Transaction(), cart
        if guest.lines:
            changes = [CartRecord.lines.set(_lines_document(lines)), *_counted(now)]
            actions = changes if cart.expires_at else _begun(lines, now)
            transaction.change(CART, self._carts(cart.cart_id), actions, _unchanged(cart, now))
            merged = replace(cart, lines=lines, version=cart.version + 1, expires_at=expiry(now))
        closed = [*_begun((), now), CartRecord.merged_into.set(user_id)]
        transaction.change("guest", self._carts(guest.cart_id), closed, _unchanged(guest, now))
        try:
            transaction.commit()
        except WriteRefused as error:
            raise VersionConflict from error
        return merged

    def keep(self, cart: Cart, lines: tuple[Line, ...], now: datetime, unit_of_work: UnitOfWork) -> None:
        """An update in a transaction."""
        changes = [CartRecord.lines.set(_lines_document(lines)), *_counted(now)]
        Transaction.of(unit_of_work).change(CART, self._carts(cart.cart_id), changes, _unchanged(cart, now))

    def _changed(self, cart_id: str, actions: Sequence[Action], condition: Condition, now: datetime) -> Cart:
        """Raises CartConflict."""
        try:
            return self._carts(cart_id).change(*actions, condition=condition).to_cart()
        except ConditionFailed as error:
            record = self._carts.of_image(error.item) if error.item else None
            raise CartConflict(_cart_in(cart_id, record, now)) from error


def _cart_in(cart_id: str, record: CartRecord | None, now: datetime) -> Cart:
    """Expired items do not exist, whether or not DynamoDB has deleted them."""
    return record.to_cart() if record and record.expires_at > now else Cart(cart_id)


def _begun(lines: Sequence[Line], now: datetime) -> list[Action]:
    """Whatever was there before is gone."""
    return [
        CartRecord.lines.set(_lines_document(lines)),
        CartRecord.version.set(1),
        CartRecord.expires_at.set(expiry(now)),
    ]


def _counted(now: datetime) -> list[Action]:
    return [CartRecord.version.add(1), CartRecord.expires_at.set(expiry(now))]


def _nothing_there(now: datetime) -> Condition:
    nothing: Condition = CartRecord.cart_id.does_not_exist() | (CartRecord.expires_at <= now)
    return nothing


def _open(now: datetime) -> Condition:
    is_open: Condition = (CartRecord.expires_at > now) & CartRecord.merged_into.does_not_exist()
    return is_open


def _unchanged(cart: Cart, now: datetime) -> Condition:
    """Versions begin again where a cart has expired; its expiry tells the two apart."""
    if cart.expires_at is None:
        return _nothing_there(now)
    same: Condition = (CartRecord.version == cart.version) & (CartRecord.expires_at == cart.expires_at)
    return same


def _same_own_price(line: Line) -> Condition:
    """Also of a line that is not there any more, which has none."""
    amount = CartRecord.lines[line.product_id]["ownAmount"]
    same: Condition = amount.does_not_exist() if line.own_price is None else amount == line.own_price.amount
    return same


def _lines_document(lines: Sequence[Line]) -> dict[str, Any]:
    return {line.product_id: _line_document(line) for line in lines}


def _line_document(line: Line) -> dict[str, Any]:
    seen = line.seen
    document: dict[str, Any] = {
        "quantity": line.quantity,
        "name": seen.name,
        "kind": seen.kind.value,
        "amount": seen.unit_price.amount,
        "currency": seen.unit_price.currency,
        "putAt": rfc3339(line.put_at),
    }
    if seen.stock is not None:
        document["stock"] = seen.stock
    if line.own_price is not None:
        document["ownAmount"] = line.own_price.amount
    return document


def _line_in(product_id: str, document: dict[str, Any]) -> Line:
    price = Money(document["amount"], document["currency"])
    seen = Seen(document["name"], Kind(document["kind"]), price, document.get("stock"))
    own_price = Money(document["ownAmount"], document["currency"]) if "ownAmount" in document else None
    return Line(product_id, document["quantity"], seen, moment(document["putAt"]), own_price)
