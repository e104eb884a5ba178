"""GET /admin/payouts: a month of the ledger for the accountant."""

import csv
import io
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.payments import wiring
from commerce.payments.domain import ledger, statement
from commerce.payments.domain.ledger import Entry, Line
from commerce.payments.domain.statement import COLUMNS, MAX_LINES, days_of_month
from commerce.payments.handlers.payouts import handler
from shared.money import Money
from shared.text.csv_text import csv_text
from tests.commerce.payments.fakes import FakeLedger
from tests.shared.gateway_events import access_claims, rest_event
from tests.shared.lambda_context import CONTEXT

pytestmark = pytest.mark.usefixtures("edge")

_FINANCE = access_claims("fay", "finance")
_NOON = datetime(2026, 10, 30, 12, 0, 5, tzinfo=UTC)
_LINES: Mapping[Line, int] = {"goods": 1500, "donations": 300, "shipping": 199}


def gbp(amount: int) -> Money:
    return Money(amount, "GBP")


@pytest.fixture
def entries(monkeypatch: pytest.MonkeyPatch) -> FakeLedger:
    entries = FakeLedger()
    monkeypatch.setattr(wiring, "ledger", lambda: entries)
    return entries


def answer(query: Mapping[str, str], claims: Mapping[str, Any] = _FINANCE) -> dict[str, Any]:
    return handler(rest_event(claims, query, resource="/admin/payouts"), CONTEXT)


def rows(query: Mapping[str, str]) -> list[dict[str, str]]:
    answered = answer(query)
    assert answered["statusCode"] == 200, answered
    return list(csv.DictReader(io.StringIO(answered["body"], newline="")))


def test_a_line_for_each_account_and_then_the_sums(entries: FakeLedger) -> None:
    entries.record_once(ledger.charged("pi_1", "ch_1", gbp(1999)), _NOON)
    entries.record_once(ledger.ordered("pi_1", "order-1", _LINES, "GBP"), _NOON)
    entries.record_once(ledger.paid_out("po_1", gbp(1949)), _NOON + timedelta(days=1))
    entries.record_once(ledger.fee_taken("pi_1", "txn_1", gbp(50)), _NOON)
    entries.record_once(ledger.charged("pi_2", "ch_2", gbp(100)), _NOON + timedelta(days=2))  # in November

    answered = answer({"month": "2026-10"})

    assert answered["headers"]["Content-Type"] == "text/csv; charset=utf-8"
    assert answered["headers"]["Content-Disposition"] == 'attachment; filename="payouts-2026-10.csv"'
    assert answered["body"].splitlines() == [
        "date,time,kind,id,account,amount,currency,payment",
        "2026-10-30,12:00:05,charge,ch_1,provider,19.99,GBP,pi_1",
        "2026-10-30,12:00:05,charge,ch_1,customers,-19.99,GBP,pi_1",
        "2026-10-30,12:00:05,fee,txn_1,fees,0.50,GBP,pi_1",
        "2026-10-30,12:00:05,fee,txn_1,provider,-0.50,GBP,pi_1",
        "2026-10-30,12:00:05,order,order-1,customers,19.99,GBP,pi_1",
        "2026-10-30,12:00:05,order,order-1,goods,-15.00,GBP,pi_1",
        "2026-10-30,12:00:05,order,order-1,donations,-3.00,GBP,pi_1",
        "2026-10-30,12:00:05,order,order-1,shipping,-1.99,GBP,pi_1",
        "2026-10-31,12:00:05,payout,po_1,bank,19.49,GBP,",
        "2026-10-31,12:00:05,payout,po_1,provider,-19.49,GBP,",
        "total,,total,,bank,19.49,GBP,",
        "total,,total,,customers,0.00,GBP,",
        "total,,total,,donations,-3.00,GBP,",
        "total,,total,,fees,0.50,GBP,",
        "total,,total,,goods,-15.00,GBP,",
        "total,,total,,provider,0.00,GBP,",
        "total,,total,,shipping,-1.99,GBP,",
    ]


def test_a_day_of_the_month_alone(entries: FakeLedger) -> None:
    for day in (0, 1):
        entries.record_once(ledger.paid_out(f"po_{day}", gbp(10)), _NOON + timedelta(days=day))
    assert {row["id"] for row in rows({"month": "2026-10", "day": "31"})} == {"po_1", ""}
    assert rows({"month": "2026-02", "day": "30"}) == []


@pytest.mark.parametrize(
    "month", ["2026-13", "2026-1", "26-01", "1999-01", "2026-10-01", "２０２６-10", "", "2026-10\n"]
)
def test_what_is_no_month_is_refused(month: str) -> None:
    answered = answer({"month": month})
    assert answered["statusCode"] == 400
    assert json.loads(answered["body"])["errors"][0]["field"] == "month"


def test_a_month_has_to_be_named() -> None:
    assert answer({})["statusCode"] == 400


@pytest.mark.parametrize("group", [None, "staff"])
def test_only_finance_and_admins_may_read_it(group: str | None) -> None:
    assert answer({"month": "2026-10"}, access_claims("amara", group))["statusCode"] == 403


@pytest.mark.parametrize("query", [{"month": "2026-10"}, {"month": "2026-10", "day": "30"}])
def test_more_than_fits_into_an_answer_has_to_be_read_by_day(
    entries: FakeLedger, query: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statement, "MAX_LINES", 3)
    for number in range(2):
        entries.record_once(ledger.paid_out(f"po_{number}", gbp(10)), _NOON)
    answered = answer(query)
    assert answered["statusCode"] == 422
    assert json.loads(answered["body"])["errors"][0]["field"] == [*query][-1]


def test_the_longest_statement_fits_into_lambdas_answer() -> None:
    longest = ("2026-10-30", "12:00:05", "refund-failed", "x" * 36, "donations", gbp(-99_999_999), "GBP", "p" * 28)
    text = csv_text(COLUMNS, [longest] * MAX_LINES)
    assert len(json.dumps({"statusCode": 200, "body": text})) < 6 * 1024 * 1024


def test_an_id_that_looks_like_a_formula_is_none(entries: FakeLedger) -> None:
    entries.record_once(Entry('payout:=HYPERLINK("http://x")', "GBP", (), "@pi"), _NOON)
    entries.record_once(ledger.charged("@pi", "=1+1", gbp(1)), _NOON)
    for row in rows({"month": "2026-10"}):
        assert not row["id"].startswith("=")
        assert not row["payment"].startswith("@")


@given(
    st.lists(st.tuples(st.integers(1, 10**6), st.integers(1, 31), st.sampled_from(["GBP", "JPY", "KWD"])), max_size=20)
)
def test_totals_are_the_sums_of_the_lines_and_zero_together(sales: list[tuple[int, int, str]]) -> None:
    entries = FakeLedger()
    for number, (amount, day, currency) in enumerate(sales):
        charged = ledger.charged(f"pi_{number}", f"ch_{number}", Money(amount, currency))
        entries.record_once(charged, datetime(2026, 10, day, 23, 59, 59, tzinfo=UTC))
    lines = statement.statement(entries, days_of_month(date(2026, 10, 1), None, date(2026, 11, 30)))
    found = list(csv.DictReader(io.StringIO(csv_text(COLUMNS, lines), newline="")))
    for currency in ("GBP", "JPY", "KWD"):
        of_currency = [row for row in found if row["currency"] == currency]
        totals = {row["account"]: Decimal(row["amount"]) for row in of_currency if row["date"] == "total"}
        assert sum(totals.values()) == 0
        for account, total in totals.items():
            own = (row for row in of_currency if (row["account"], row["kind"]) == (account, "charge"))
            assert sum(Decimal(row["amount"]) for row in own) == total


def test_days_that_have_not_begun_are_not_read() -> None:
    days = list(days_of_month(date(2026, 11, 1), None, date(2026, 11, 3)))
    assert days == [date(2026, 11, 1), date(2026, 11, 2), date(2026, 11, 3)]
    assert list(days_of_month(date(2026, 12, 1), None, date(2026, 11, 3))) == []
