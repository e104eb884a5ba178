"""What is bought, at which prices: fixed when the checkout begins, and never read from the cart again."""

from collections.abc import Mapping
from dataclasses import dataclass

from commerce.catalogue.domain.products import Kind
from commerce.payments.domain.ledger import Line as Earned
from shared.money import Money

MAX_LINES = 90
"""Stock is reserved by one transaction of at most 100 actions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedLine:
    product_id: str
    kind: Kind
    name: str
    quantity: int
    unit_price: Money

    @property
    def line_total(self) -> Money:
        return Money(self.unit_price.amount * self.quantity, self.unit_price.currency)


@dataclass(frozen=True, slots=True)
class Quote:
    """One line for each product. `shipping` is a flat amount, nothing where there are no goods."""

    lines: tuple[QuotedLine, ...]
    shipping: Money

    @property
    def currency(self) -> str:
        return self.shipping.currency

    @property
    def goods(self) -> Money:
        return self._total(Kind.GOODS)

    @property
    def donations(self) -> Money:
        return self._total(Kind.DONATION)

    @property
    def total(self) -> Money:
        return self.goods + self.donations + self.shipping

    @property
    def earned(self) -> Mapping[Earned, int]:
        """The total by kind of line, as the ledger has it."""
        return {"goods": self.goods.amount, "donations": self.donations.amount, "shipping": self.shipping.amount}

    @property
    def stocked(self) -> Mapping[str, int]:
        """The quantities of goods, by product: donations have no stock."""
        return {line.product_id: line.quantity for line in self.lines if line.kind is Kind.GOODS}

    def _total(self, kind: Kind) -> Money:
        return Money(sum(line.line_total.amount for line in self.lines if line.kind is kind), self.currency)
