from dataclasses import replace
from typing import Any

import pytest

from commerce.catalogue.domain.products import Status
from commerce.checkout.domain.checkout import RESERVED_FOR
from shared.money import Money
from tests.commerce.checkout.steps import bought, validate
from tests.commerce.checkout.till import Till
from tests.commerce.examples import a_product


def test_what_is_still_on_sale_goes_on(till: Till) -> None:
    assert validate(bought(till, steps=0)) == "goes-on"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"price": Money(900, "GBP")}, "cancelled"),
        ({"status": Status.ARCHIVED}, "cancelled"),
        ({"stock": 1}, "out-of-stock"),
    ],
)
def test_what_has_changed_ends_it(till: Till, change: dict[str, Any], status: str) -> None:
    checkout = bought(till, steps=0)
    till.ports.products.edit(till.ports.products.find("teapot"), a_product(version=2, **change))

    assert validate(checkout) == "ended"
    ended = till.saga.found(checkout.checkout_id)
    assert (ended.status, ended.due_at) == (status, None)
    assert ended.problem


def test_quote_that_was_written_by_somebody_else_is_refused(till: Till) -> None:
    checkout = bought(till, steps=0)
    [line] = checkout.quote.lines
    cheaper = replace(checkout.quote, lines=(replace(line, unit_price=Money(1, "GBP")),))
    till.ports.checkouts.save(replace(checkout, quote=cheaper))

    with pytest.raises(Exception, match="invocation failed") as failure:
        validate(checkout)
    assert type(failure.value).__name__ == "BrokenSeal"


def test_late_start_ends_it(till: Till) -> None:
    checkout = bought(till, steps=0)
    till.ports.checkouts.save(replace(checkout, created_at=checkout.created_at - RESERVED_FOR))

    assert validate(checkout) == "ended"
    assert till.saga.found(checkout.checkout_id).status == "cancelled"
