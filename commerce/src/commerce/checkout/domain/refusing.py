"""Why a checkout cannot go on, in the customer's words."""

from collections.abc import Mapping

from commerce.catalogue.domain.products import Kind, Product, Status
from commerce.checkout.domain.checkout import CheckoutProblem, CheckoutStatus
from commerce.checkout.domain.quote import Quote, QuotedLine


def took_too_long() -> CheckoutProblem:
    return CheckoutProblem("The checkout took too long", "Nothing was charged. Check your cart, then try again.")


def declined(reason: str) -> CheckoutProblem:
    return CheckoutProblem(
        "The payment was declined", f"{reason} Nothing was charged. Try again, or pay in another way."
    )


def no_order(is_owed: bool) -> CheckoutProblem:
    """Of a payment that was made although its checkout had ended."""
    way_back = "could not be given back: please contact us." if is_owed else "is on its way back to you."
    return CheckoutProblem("There is no order for this payment", f"You were charged for nothing. Your money {way_back}")


def not_available(quote: Quote, products: Mapping[str, Product]) -> tuple[CheckoutStatus, CheckoutProblem] | None:
    """How the checkout ends if a line cannot be bought as it was quoted; None if all can. `products` are by id."""
    for line in quote.lines:
        product = products.get(line.product_id)
        if product is None or product.status is not Status.ACTIVE or product.kind is not line.kind:
            return CheckoutStatus.CANCELLED, CheckoutProblem(
                "A product is not on sale any more", f"{line.name} cannot be bought now."
            )
        if line.kind is Kind.GOODS:
            refusal = _goods_refused(line, product)
            if refusal:
                return refusal
    return None


def _goods_refused(line: QuotedLine, product: Product) -> tuple[CheckoutStatus, CheckoutProblem] | None:
    left = product.stock or 0
    if left < line.quantity:
        detail = f"Of {line.name}, there are only {left} left." if left else f"{line.name} is sold out."
        return CheckoutStatus.OUT_OF_STOCK, CheckoutProblem("Out of stock", f"{detail} Nothing was charged.")
    if product.price != line.unit_price:
        detail = f"{line.name} costs {product.price} now, not {line.unit_price}. Nothing was charged."
        return CheckoutStatus.CANCELLED, CheckoutProblem("A price has changed", detail)
    return None
