"""What receipts say, as plain text and as HTML. Names of products and customers are anybody's text."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from commerce.catalogue.domain.products import Kind
from commerce.checkout.domain.checkout import Delivery
from commerce.orders.domain.order import Order, Receipt
from shared.money import Money

_MAX_NAME = 60
_GIFT_AID = (
    "You have declared Gift Aid: for every £1 that you gave, we can claim 25p from HMRC, at no cost to you. Please "
    "tell us if you stop paying enough Income Tax or Capital Gains Tax."
)


@dataclass(frozen=True, slots=True)
class Mail:
    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class _Content:
    title: str
    reference: str
    products: Sequence[tuple[str, Money]]
    closing: Sequence[Sequence[str]]
    """Paragraphs of lines."""
    shipping: Money | None = None


def receipt_mail(order: Order, receipt: Receipt, day: str, charity: str) -> Mail:
    """One receipt of an order that was placed on `day`, such as `25 December 2026`."""
    content = _goods(order, receipt, day) if receipt.kind == "goods" else _donations(order, receipt, day)
    subject = f"{content.title}: {_shortened([name for name, _ in content.products])}"
    shipping = [("Shipping", content.shipping)] if content.shipping else []
    items = [*content.products, *shipping, ("Total", receipt.total)]
    return Mail(_one_line(subject), _as_text(content, items, charity), _as_html(content, items, charity))


def receipt_sms(order: Order, charity: str) -> str:
    """Fits one message of 160 characters unless the charity has a very long name."""
    return f"{charity}: thank you, we have received {order.total} (order {order.number}). Your receipt comes by mail."


def _goods(order: Order, receipt: Receipt, day: str) -> _Content:
    lines = [line for line in order.quote.lines if line.kind is Kind.GOODS]
    products = [(f"{line.quantity} × {line.name}", line.line_total) for line in lines]
    closing = [["We are sending it to:", *_address(order.delivery)]] if order.delivery else []
    shipping = order.quote.shipping if order.quote.shipping.amount else None
    reference = f"Order {order.number} of {day}, receipt {receipt.number}"
    return _Content("Your order", reference, products, closing, shipping)


def _donations(order: Order, receipt: Receipt, day: str) -> _Content:
    lines = [line for line in order.quote.lines if line.kind is Kind.DONATION]
    gifts = [(line.name if line.quantity == 1 else f"{line.quantity} × {line.name}", line.line_total) for line in lines]
    closing = [[_GIFT_AID]] if order.gift_aid else []
    return _Content("Thank you for your gift", f"Receipt {receipt.number} for your gift of {day}", gifts, closing)


def _as_text(content: _Content, items: Sequence[tuple[str, Money]], charity: str) -> str:
    table = "\n".join(f"{_one_line(name)}: {amount}" for name, amount in items)
    closing = ["\n".join(map(_one_line, paragraph)) for paragraph in content.closing]
    return "\n\n".join([f"{content.title}.", content.reference, table, *closing, charity]) + "\n"


def _as_html(content: _Content, items: Sequence[tuple[str, Money]], charity: str) -> str:
    rows = "".join(
        f'<tr><td>{_safe(name)}</td><td style="text-align: right">{_safe(str(amount))}</td></tr>'
        for name, amount in items
    )
    closing = "".join(f"<p>{'<br>'.join(map(_safe, paragraph))}</p>" for paragraph in content.closing)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{_safe(content.title)}</title></head><body>'
        f"<h1>{_safe(content.title)}</h1><p>{_safe(content.reference)}</p><table>{rows}</table>{closing}"
        f"<p>{_safe(charity)}</p></body></html>"
    )


def _shortened(names: Sequence[str]) -> str:
    """The first name, and how many others there are."""
    first = _one_line(names[0])
    name = first if len(first) <= _MAX_NAME else f"{first[: _MAX_NAME - 1]}…"
    return name if len(names) == 1 else f"{name} and {len(names) - 1} more"


def _address(delivery: Delivery) -> list[str]:
    lines = (delivery.name, delivery.line1, delivery.line2, f"{delivery.city} {delivery.postcode}", delivery.country)
    return [line for line in lines if line]


def _safe(text: str) -> str:
    return escape(_one_line(text))


def _one_line(text: str) -> str:
    """Without what would begin another line, or another header."""
    return " ".join(text.split())
