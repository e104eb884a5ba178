"""What a line's price is, of the columns price, amount and currency."""

from collections.abc import Mapping

from commerce.imports.domain.lines import ColumnError
from shared.money import MOST_MINOR_UNITS, Money, minor_units

PRICE_COLUMNS = frozenset({"price", "amount", "currency"})


def priced(cells: Mapping[str, object], currency: str) -> tuple[Mapping[str, object], list[ColumnError]]:
    """The price in the form `{amount, currency}`, not judged yet, and what is wrong with how it is said.

    `price` is decimal, of major units, or has that form already; `amount` counts minor units. Where nothing usable is
    said, the errors tell, and the price is the smallest.
    """
    errors = [_other_currency("currency", currency)] if cells.get("currency", currency) != currency else []
    price = cells.get("price")
    if "amount" in cells:
        if price is not None:
            errors.append(ColumnError("price", "goes without amount: say one of the two"))
        return {"amount": cells["amount"], "currency": currency}, errors
    if isinstance(price, Mapping):
        if price.get("currency", currency) != currency:
            errors.append(_other_currency("price.currency", currency))
        return price, errors
    try:
        return {"amount": _minor_units(price, currency), "currency": currency}, errors
    except ValueError as error:
        return {"amount": 1, "currency": currency}, [*errors, ColumnError("price", str(error))]


def _other_currency(column: str, currency: str) -> ColumnError:
    return ColumnError(column, f"must be {currency}: this shop sells in one currency")


def _minor_units(price: object, currency: str) -> int:
    """Raises ValueError."""
    if price is None:
        raise ValueError("is required, or amount in its place")
    if isinstance(price, bool) or not isinstance(price, (str, int, float)):
        raise ValueError("must be a number such as 12.99, or an amount with its currency")
    amount = minor_units(str(price), currency)
    if not 1 <= amount <= MOST_MINOR_UNITS:
        raise ValueError(f"must be from {Money(1, currency)} to {Money(MOST_MINOR_UNITS, currency)}")
    return amount
