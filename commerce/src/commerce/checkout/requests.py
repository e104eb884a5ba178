"""What clients send about checkouts."""

from typing import Annotated

from pydantic import Field

from commerce.checkout.domain.checkout import Delivery, GiftAid
from commerce.payments.domain.provider import Means
from shared.errors import FieldError, Invalid
from shared.http.fields import MAX_VERSION, NOT_NULL, Body, Line
from shared.http.forms import Form

type _PaymentId = Annotated[str, Form(r"[A-Za-z0-9_-]{1,255}", "an id such as pm_card_visa, as Stripe's form gives it")]


class DeliveryAddress(Body):
    """`country` is a code of ISO 3166-1, such as GB."""

    name: Annotated[str, Line(100)]
    line1: Annotated[str, Line(100)]
    line2: Annotated[Annotated[str, Line(100)] | None, NOT_NULL] = None
    city: Annotated[str, Line(100)]
    postcode: Annotated[str, Line(16)]
    country: Annotated[str, Form(r"[A-Z]{2}", "a code of two capital letters such as GB")]

    def to_delivery(self) -> Delivery:
        return Delivery(
            name=self.name,
            line1=self.line1,
            line2=self.line2,
            city=self.city,
            postcode=self.postcode,
            country=self.country,
        )


class GiftAidDeclaration(Body):
    """`house` is its name or number; `declaration` the version of the text that the donor has agreed to."""

    first_name: Annotated[str, Line(50)]
    last_name: Annotated[str, Line(50)]
    house: Annotated[str, Line(100)]
    postcode: Annotated[str, Line(16)]
    declaration: Annotated[str, Form(r"[A-Za-z0-9._-]{1,40}", "1 to 40 letters, digits, ., _ and -")]

    def to_gift_aid(self) -> GiftAid:
        return GiftAid(
            first_name=self.first_name,
            last_name=self.last_name,
            house=self.house,
            postcode=self.postcode,
            declaration=self.declaration,
        )


class BeginCheckout(Body):
    """Either `paymentMethodId` or `confirmationTokenId`; `delivery` for goods, `giftAid` for donations."""

    payment_method_id: Annotated[_PaymentId | None, NOT_NULL] = None
    confirmation_token_id: Annotated[_PaymentId | None, NOT_NULL] = None
    cart_version: Annotated[Annotated[int, Field(ge=0, le=MAX_VERSION)] | None, NOT_NULL] = None
    delivery: Annotated[DeliveryAddress | None, NOT_NULL] = None
    gift_aid: Annotated[GiftAidDeclaration | None, NOT_NULL] = None

    def to_means(self) -> Means:
        """Raises Invalid."""
        if bool(self.payment_method_id) == bool(self.confirmation_token_id):
            message = "or confirmationTokenId is required, and not both"
            raise Invalid(f"paymentMethodId {message}.", [FieldError("paymentMethodId", message)])
        return Means(payment_method_id=self.payment_method_id, confirmation_token_id=self.confirmation_token_id)
