"""The price of a line, from the columns price, amount and currency."""

from collections.abc import Mapping

from shared.money import MAX_MINOR_UNITS, Money, minor_units
from shared.text.csv_file import ColumnError

PRICE_COLUMNS = frozenset({"price", "amount", "currency"})


def priced(cells: Mapping[str, object], currency: str) -> tuple[Mapping[str, object] | None, list[ColumnError]]:
    """The price as `{amount, currency}`, not validated yet, and errors; None if the line has none.

    `price` is a decimal number of major units, or already has that form; `amount` counts minor units. If neither can be
    used, the price is the smallest possible.
    """
    errors = [_other_currency("currency", currency)] if cells.get("currency", currency) != currency else []
    price = cells.get("price")
    if "amount" in cells:
        if price is not None:
            errors.append(ColumnError("price", "cannot be combined with amount: give one of the two"))
        return {"amount": cells["amount"], "currency": currency}, errors
    if price is None:
        return None, errors
    if isinstance(price, Mapping):
        if price.get("currency", currency) != currency:
            errors.append(_other_currency("price.currency", currency))
        return price, errors
    try:
        return {"amount": _minor_units(price, currency), "currency": currency}, errors
    except ValueError as error:
        return {"amount": 1, "currency": currency}, [*errors, ColumnError("price", str(error))]


def _other_currency(column: str, currency: str) -> ColumnError:
    return ColumnError(column, f"must be {currency}, the shop's only currency")


def _minor_units(price: object, currency: str) -> int:
    """Raises ValueError."""
    if isinstance(price, bool) or not isinstance(price, (str, int, float)):
        raise ValueError("must be a number such as 12.99, or an amount with its currency")
    amount = minor_units(str(price), currency)
    if not 1 <= amount <= MAX_MINOR_UNITS:
        raise ValueError(f"must be from {Money(1, currency)} to {Money(MAX_MINOR_UNITS, currency)}")
    return amount
