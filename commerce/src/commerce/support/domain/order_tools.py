"""What the assistant may do with orders: read those of the customer, and propose what only a person can approve."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Protocol

from commerce.orders.domain.order import Order
from commerce.orders.domain.orders import Listing, Page
from commerce.support.domain.proposals import Act, Proposal, Proposals
from commerce.support.domain.tools import (
    Finding,
    ListOrders,
    OrderUse,
    Passage,
    ProposeCancellation,
    ProposeRefund,
    ReadOrder,
)
from shared.money import Money
from shared.text.words import STOP_WORDS, stem, words
from shared.time.moments import day

_MAX_ORDERS = 10
_ALL = Listing(None, None, None)
_WORD_OF_OURS = re.compile(r"[A-Za-z0-9-]{1,64}")
_BANK_HAS_IT = frozenset({"disputed", "charged-back"})


class OrdersToRead(Protocol):
    """Every method raises Unavailable."""

    def find(self, order_id: str) -> Order | None: ...

    def of_user(self, user_id: str, listing: Listing, after: str | None, limit: int) -> Page: ...


@dataclass(frozen=True, slots=True)
class OrderSources:
    """`zone` is where the charity is, in whose days it speaks."""

    orders: OrdersToRead
    proposals: Proposals
    zone: tzinfo
    new_id: Callable[[datetime], str]
    now: Callable[[], datetime]


class OrderTools:
    """Of one customer, in one answer, in which at most one proposal is made. Raises Unavailable."""

    def __init__(self, sources: OrderSources, user_id: str) -> None:
        self._sources, self._user_id = sources, user_id
        self._has_proposed = False

    def use(self, use: OrderUse) -> Finding:
        if isinstance(use, ListOrders):
            return self._list()
        order = self._sources.orders.find(use.order_id)
        if order is None or order.user_id != self._user_id:
            return Finding("The customer has no such order.")
        match use:
            case ReadOrder():
                return Finding(self._outline(order), (self._passage(order),), leads_on=True)
            case ProposeCancellation(_, reason):
                return self._cancellation(order, reason)
            case ProposeRefund():
                return self._refund(order, use)

    def _list(self) -> Finding:
        orders = self._sources.orders.of_user(self._user_id, _ALL, None, _MAX_ORDERS).items
        if not orders:
            return Finding("The customer has no orders.")
        outlines = "\n".join(self._outline(order) for order in orders)
        return Finding(outlines, tuple(self._passage(order) for order in orders), leads_on=True)

    def _cancellation(self, order: Order, reason: str) -> Finding:
        if not _can_be_cancelled(order):
            return self._refusal(order, "It cannot be cancelled any more.")
        return self._propose(order, "cancel", order.left, reason)

    def _refund(self, order: Order, wanted: ProposeRefund) -> Finding:
        left = order.left
        if wanted.amount is not None:
            amount = wanted.amount
        elif wanted.items:
            amount = sum(order.left_of(line) for line in order.quote.lines if _names(wanted.items, line.name))
        else:
            amount = left.amount
        if order.payment in _BANK_HAS_IT or not left.amount:
            return self._refusal(order, "Nothing of it is left to refund.")
        if not amount:
            return self._refusal(order, "It has no such item that could be refunded.")
        if amount > left.amount:
            return self._refusal(order, f"At most {left} of it can be refunded.")
        return self._propose(order, "refund", Money(amount, left.currency), wanted.reason)

    def _refusal(self, order: Order, why: str) -> Finding:
        return Finding(f"Order {_ours(order.order_id)}: {why}", (self._passage(order), Passage(_title(order), why)))

    def _propose(self, order: Order, act: Act, amount: Money, reason: str) -> Finding:
        if self._has_proposed:
            return Finding("Only one proposal is made in an answer.")
        self._has_proposed, now = True, self._sources.now()
        proposal = Proposal(
            proposal_id=self._sources.new_id(now),
            user_id=self._user_id,
            act=act,
            order_id=order.order_id,
            amount=amount,
            reason=reason,
            created_at=now,
        )
        self._sources.proposals.add(proposal)
        if act == "cancel":
            what = (
                f"To cancel it and to give back {amount} is proposed. The customer has to approve it within 10 minutes."
            )
        else:
            what = f"A refund of {amount} is proposed. The charity's staff have to approve it."
        return Finding(f"Order {_ours(order.order_id)}: {what}", (Passage(_title(order), what),), proposal=proposal)

    def _outline(self, order: Order) -> str:
        """Of values that nobody can write words into."""
        can, placed = "yes" if _can_be_cancelled(order) else "no", day(order.created_at, self._sources.zone)
        return (
            f"Order {_ours(order.order_id)}: number {_ours(order.number)}, placed {placed}, "
            f"lines {len(order.quote.lines)}, status {_ours(order.status)}, payment {_ours(order.payment)}, "
            f"total {order.total}, left to refund {order.left}, can be cancelled: {can}."
        )

    def _passage(self, order: Order) -> Passage:
        """Without the address: who has it need not read it."""
        ordered = "; ".join(f"{line.quantity} × {line.name} ({line.line_total})" for line in order.quote.lines)
        sent = order.fulfilment
        parcel = f" Sent by {sent.carrier or 'post'}, tracked as {sent.tracking or 'nothing'}." if sent else ""
        text = (
            f"Ordered on {day(order.created_at, self._sources.zone)}: {ordered}. Its status is {order.status}, its "
            f"payment is {order.payment}. The total is {order.total}, of which {order.refunded} was refunded.{parcel}"
        )
        return Passage(_title(order), text)


def _can_be_cancelled(order: Order) -> bool:
    return order.status == "placed" and order.payment not in _BANK_HAS_IT


def _title(order: Order) -> str:
    return f"Order {order.number}"


def _ours(text: str) -> str:
    """An id, a number or a state of ours, and nothing else: there is no room for words in it."""
    return str(text) if _WORD_OF_OURS.fullmatch(text) else "unknown"


def _names(wanted: str, name: str) -> bool:
    """Whether the words mean a line of this name: all but stop words and numbers are in it."""
    terms = {stem(word) for word in words(wanted) if word not in STOP_WORDS and not word.isdigit()}
    return bool(terms) and terms <= {stem(word) for word in words(name)}
