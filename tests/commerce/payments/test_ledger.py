from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.payments.domain import ledger
from commerce.payments.domain.ledger import Account, Entry, Line, Posting, balances, owed_to_customers
from shared.money import Money

_LINES: st.SearchStrategy[dict[Line, int]] = st.fixed_dictionaries(
    {"goods": st.integers(0, 10_000), "donations": st.integers(0, 10_000), "shipping": st.integers(0, 500)}
)


def gbp(amount: int) -> Money:
    return Money(amount, "GBP")


def test_an_entry_that_does_not_sum_to_zero_is_none() -> None:
    with pytest.raises(ValueError, match="does not sum to zero"):
        Entry("e1", "GBP", (Posting(Account.BANK, 1), Posting(Account.PROVIDER, -2)))


def test_a_sale_with_fee_and_payout() -> None:
    lines: Mapping[Line, int] = {"goods": 1500, "donations": 300, "shipping": 199}
    entries = [
        ledger.charged("pi_1", "ch_1", gbp(1999)),
        ledger.fee_taken("pi_1", "txn_1", gbp(50)),
        ledger.ordered("pi_1", "order-1", lines, "GBP"),
        ledger.paid_out("po_1", gbp(1949)),
    ]

    assert {account: amount for (account, _), amount in balances(entries).items() if amount} == {
        Account.GOODS: -1500,
        Account.DONATIONS: -300,
        Account.SHIPPING: -199,
        Account.FEES: 50,
        Account.BANK: 1949,
    }
    assert owed_to_customers(entries) == {}


def test_a_charge_without_an_order_is_owed_until_it_is_refunded() -> None:
    entries = [ledger.charged("pi_1", "ch_1", gbp(1999))]
    assert owed_to_customers(entries) == {"pi_1": 1999}

    entries.append(ledger.refunded("pi_1", "re_1", gbp(1999)))
    assert owed_to_customers(entries) == {}

    entries.append(ledger.refund_failed("pi_1", "re_1", gbp(1999)))
    assert owed_to_customers(entries) == {"pi_1": 1999}


def test_a_dispute_costs_until_it_is_won() -> None:
    entries = [
        ledger.disputed("pi_1", "du_1", gbp(5000)),
        ledger.fee_taken("pi_1", "txn_2", gbp(2000)),
    ]
    assert balances(entries)[Account.DISPUTES, "GBP"] == 5000

    entries += [ledger.dispute_won("pi_1", "du_1", gbp(5000)), ledger.fee_taken("pi_1", "txn_3", gbp(-2000))]
    assert set(balances(entries).values()) == {0}


@given(
    st.lists(st.tuples(_LINES, st.sampled_from(["ordered", "refunded", "returned", "open"])), max_size=20), st.data()
)
def test_the_ledger_sums_to_zero_and_owes_what_is_open_whatever_is_repeated(
    payments: list[tuple[dict[Line, int], str]], data: st.DataObject
) -> None:
    entries, owed = list[Entry](), dict[str, int]()
    for number, (lines, end) in enumerate(payments):
        payment_id, total = f"pi_{number}", gbp(sum(lines.values()))
        entries.append(ledger.charged(payment_id, f"ch_{number}", total))
        if end in {"ordered", "returned"}:
            entries.append(ledger.ordered(payment_id, f"order-{number}", lines, "GBP"))
        if end == "returned":
            entries.append(ledger.returned(payment_id, f"re_{number}", lines, "GBP"))
        if end in {"refunded", "returned"}:
            entries.append(ledger.refunded(payment_id, f"re_{number}", total))
        if end == "open" and total.amount:
            owed[payment_id] = total.amount
    repeated = entries + data.draw(st.lists(st.sampled_from(entries), max_size=10)) if entries else entries

    held = balances(data.draw(st.permutations(repeated)))

    assert sum(held.values()) == 0
    assert held == balances(entries)
    assert owed_to_customers(repeated) == owed
