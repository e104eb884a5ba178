"""What staff do with orders."""

from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from commerce.carts.domain.cart import MAX_QUANTITY
from commerce.checkout.domain.quote import MAX_LINES
from commerce.orders.domain.refunding import RefundRequest, WantedLine
from shared.http.bodies import AmountOfMoney
from shared.http.fields import NOT_NULL, Body, Line, written

type Text = Annotated[str, Field(min_length=1, max_length=2_000), AfterValidator(written)]


class FulfilOrder(Body):
    """POST /admin/orders/{orderId}/fulfilments"""

    MAX_BODY_BYTES = 4 * 1024

    carrier: Annotated[str, Line(60)] | None = None
    tracking: Annotated[str, Line(100)] | None = None


class AddNote(Body):
    """POST /admin/orders/{orderId}/notes"""

    MAX_BODY_BYTES = 32 * 1024

    text: Text


class LineToRefund(Body):
    product_id: Annotated[str, Field(min_length=1, max_length=64)]
    quantity: Annotated[int, Field(ge=1, le=MAX_QUANTITY)]


class RefundOrder(Body):
    """POST /admin/orders/{orderId}/refunds

    An amount, or lines, whose goods come back into stock, or neither: all that is left.
    """

    amount: Annotated[AmountOfMoney | None, NOT_NULL] = None
    lines: Annotated[Annotated[list[LineToRefund], Field(min_length=1, max_length=MAX_LINES)] | None, NOT_NULL] = None
    reason: Annotated[str, Field(min_length=1, max_length=500), AfterValidator(written)]

    @model_validator(mode="after")
    def _one_of_two(self) -> "RefundOrder":
        if self.amount and self.lines:
            raise ValueError("must have an amount or lines, and not both")
        products = [line.product_id for line in self.lines or ()]
        if len(set(products)) != len(products):
            raise ValueError("must name each product once")
        return self

    def to_refund(self) -> RefundRequest:
        lines = tuple(WantedLine(line.product_id, line.quantity) for line in self.lines or ())
        return RefundRequest(self.amount.to_money() if self.amount else None, lines, self.reason)
