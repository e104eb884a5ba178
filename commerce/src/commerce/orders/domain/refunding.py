"""How a refund is shared out over an order's lines, and what the provider's answer makes of it.

By amount, it is taken from goods first, then from shipping, and from donations last: a gift stays one as long as it
can. Nothing comes back then. In full or by lines, the pieces come back into stock.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from commerce.catalogue.domain.products import Kind
from commerce.checkout.domain.quote import QuotedLine
from commerce.orders.domain.order import MAX_REFUNDS, Dispute, DisputeStatus, Order, PaymentStatus
from commerce.orders.domain.refund import FOLLOWING, Refund, RefundStatus, Share
from commerce.payments.domain.ledger import Line
from shared.errors import Conflict, FieldError, Invalid
from shared.money import Money

PROVIDER = "provider"
"""By whom a refund is that nobody asked us for."""

_LINES: Mapping[Kind, Line] = {Kind.GOODS: "goods", Kind.DONATION: "donations"}


@dataclass(frozen=True, slots=True)
class WantedLine:
    product_id: str
    quantity: int


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """Of an amount, of lines, or else of all that is left."""

    amount: Money | None
    lines: tuple[WantedLine, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider says of a refund: `provider_id` is its name for it, None where it has refused it."""

    provider_id: str | None
    status: Literal["pending", "succeeded", "failed"]


def requested(order: Order, request: RefundRequest, refund_id: str, request_hash: str, by: str, at: datetime) -> Order:
    """The order with the refund, which has not been made yet. Raises Conflict; Invalid where less is left."""
    if order.payment in {PaymentStatus.DISPUTED, PaymentStatus.CHARGED_BACK}:
        raise Conflict("The customer's bank has taken the money back itself.")
    if not order.left.amount:
        raise Conflict("The order has been refunded in full already.")
    if len(order.refunds) == MAX_REFUNDS:
        raise Conflict(f"An order has at most {MAX_REFUNDS} refunds.")
    if request.lines:
        shares = _by_lines(order, request.lines)
    elif request.amount:
        shares = _by_amount(order, _refundable(order, request.amount))
    else:
        shares = everything(order)
    return order.with_refund(
        Refund(
            refund_id=refund_id,
            status=RefundStatus.REQUESTED,
            shares=shares,
            currency=order.quote.currency,
            reason=request.reason,
            by=by,
            at=at,
            request_hash=request_hash,
        )
    )


def cancelled(order: Order, reason: str, by: str, at: datetime) -> Order:
    """The order, cancelled: all that is left is to be refunded, and its goods are back in stock. Raises Conflict.

    That refund has the order's id, as there is one.
    """
    ended = order.cancelled(at)
    if order.payment in {PaymentStatus.DISPUTED, PaymentStatus.CHARGED_BACK}:
        raise Conflict("Your bank has taken the money back itself, so that it cannot be refunded.")
    if not (shares := everything(order)):
        return ended
    refund = Refund(
        refund_id=order.order_id,
        status=RefundStatus.REQUESTED,
        shares=shares,
        currency=order.quote.currency,
        reason=reason,
        by=by,
        at=at,
        is_restocked=True,
    )
    if not refund.amount.amount:  # its money has been given back before, and the goods come only now
        refund = replace(refund, status=RefundStatus.SUCCEEDED)
    return ended.with_refund(refund)


def answered(order: Order, refund_id: str, answer: Answer) -> Order:
    """The order, where the refund is as far as the provider says; as it is where that is old news.

    What the provider has booked is in the ledger, and its pieces are back in stock.
    """
    refund = order.refund(refund_id)
    status = RefundStatus(answer.status)
    if refund is None or status not in FOLLOWING[refund.status]:
        return order
    refund = replace(refund, provider_id=answer.provider_id or refund.provider_id, status=status)
    if not refund.is_booked and answer.provider_id and status is not RefundStatus.FAILED:
        refund, owed = replace(refund, shares=_fitting(order, refund)), order.owed
        returned: dict[Line, int] = {
            line: amount - min(amount, owed[line]) for line, amount in refund.by_line.items() if amount
        }
        refund = replace(refund, returned=returned, is_restocked=True)
    return order.with_refund(refund)


def adopted(order: Order, provider_id: str, amount: int, at: datetime) -> Order:
    """The order with a refund that was made at the provider, by hand: nobody asked us for it."""
    refund = Refund(
        refund_id=provider_id,
        status=RefundStatus.REQUESTED,
        shares=_by_amount(order, amount),
        currency=order.quote.currency,
        reason="Made at the payment provider.",
        by=PROVIDER,
        at=at,
    )
    return order.with_refund(refund)


def disputed(order: Order, dispute_id: str, status: DisputeStatus, amount: int, at: datetime) -> Order:
    """The order with a dispute as far as the provider says: like a refund by amount, it is of goods first.

    A bank may take back more than is left; then the rest is of no line.
    """
    shares = list[Share]()
    rest = amount
    for share in _in_turn(order, lambda id_, total: total - order.claimed_of(id_) - order.disputed_of(id_)):
        shares.append(replace(share, amount=min(rest, max(share.amount, 0))))
        rest -= shares[-1].amount
    return order.with_dispute(Dispute(dispute_id, status, amount, at, _worth(shares)))


def everything(order: Order) -> tuple[Share, ...]:
    """All that is left, with the pieces that are not back in stock."""
    lines = (
        _share(line, max(order.left_of(line), 0), order.quantity_left(line), order.pieces_left(line))
        for line in order.quote.lines
    )
    return _worth((*lines, Share(None, "shipping", max(order.shipping_left, 0))))


def _by_amount(order: Order, amount: int) -> tuple[Share, ...]:
    """More than is left, where it was made at the provider, goes to the first line: see `_fitting`."""
    shares = list[Share]()
    for share in _in_turn(order, lambda product_id, total: total - order.claimed_of(product_id)):
        shares.append(replace(share, amount=min(amount, max(share.amount, 0))))
        amount -= shares[-1].amount
    shares[0] = replace(shares[0], amount=shares[0].amount + amount)
    return _worth(shares)


def _fitting(order: Order, refund: Refund) -> tuple[Share, ...]:
    """The shares, where lines have so much left now that the provider has made it.

    One that was made there by hand meanwhile may have taken it. Then it is for other lines: the provider does not give
    back more than was paid.
    """
    shares, rest = dict[str | None, Share](), 0
    room = {share.product_id: share for share in _in_turn(order, lambda id_, total: total - order.booked_of(id_))}
    for share in refund.shares:
        taken = min(share.amount, room[share.product_id].amount)
        rest += share.amount - taken
        shares[share.product_id] = replace(share, amount=taken)
    for product_id, free in room.items():
        share = shares.get(product_id, replace(free, amount=0))
        taken = min(rest, free.amount - share.amount)
        shares[product_id], rest = replace(share, amount=share.amount + taken), rest - taken
    if refund.is_restocked:
        return _worth(shares.values())
    missing = {line.product_id: order.pieces_left(line) for line in order.quote.lines}
    return _worth(
        replace(share, pieces=min(share.pieces, missing.get(share.product_id or "", 0))) for share in shares.values()
    )


def _in_turn(order: Order, left: Callable[[str | None, int], int]) -> Iterator[Share]:
    """What is `left` of each line, given its total: of goods, of shipping, of gifts."""
    goods = [line for line in order.quote.lines if line.kind is Kind.GOODS]
    gifts = [line for line in order.quote.lines if line.kind is not Kind.GOODS]
    for line in goods:
        yield _share(line, left(line.product_id, line.line_total.amount))
    yield Share(None, "shipping", left(None, order.quote.shipping.amount))
    for line in gifts:
        yield _share(line, left(line.product_id, line.line_total.amount))


def _by_lines(order: Order, wanted: tuple[WantedLine, ...]) -> tuple[Share, ...]:
    """Raises Invalid, with every line that is wrong."""
    bought = {line.product_id: line for line in order.quote.lines}
    shares, errors = list[Share](), list[FieldError]()
    for number, each in enumerate(wanted):
        line = bought.get(each.product_id)
        if line is None:
            errors.append(FieldError(f"lines[{number}].productId", "is no line of this order"))
            continue
        amount, left = line.unit_price.amount * each.quantity, order.left_of(line)
        if amount > left:
            max_pieces = left // line.unit_price.amount
            errors.append(
                FieldError(f"lines[{number}].quantity", f"must be at most {max_pieces}: no more is left of it")
            )
            continue
        pieces = min(each.quantity - min(each.quantity, order.pieces_owed(line)), order.pieces_left(line))
        shares.append(_share(line, amount, each.quantity, pieces))
    if errors:
        raise Invalid("Some lines cannot be refunded: see errors.", errors)
    return _worth(shares)


def _refundable(order: Order, amount: Money) -> int:
    """Raises Invalid."""
    left = order.left
    if amount.currency != left.currency:
        message = f"must be {left.currency}, the order's currency"
        raise Invalid(f"The currency {message}.", [FieldError("amount.currency", message)])
    if amount.amount > left.amount:
        message = f"must be at most {left.amount}, as {left} is left of the order"
        raise Invalid(f"The amount {message}.", [FieldError("amount.amount", message)])
    return amount.amount


def _share(line: QuotedLine, amount: int, quantity: int = 0, pieces: int = 0) -> Share:
    return Share(line.product_id, _LINES[line.kind], amount, quantity, pieces)


def _worth(shares: Iterable[Share]) -> tuple[Share, ...]:
    return tuple(share for share in shares if share.amount or share.pieces)
