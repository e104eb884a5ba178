import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from knowledge_base.customers.domain.recording import Fact, Imported, OrderPlaced
from knowledge_base.customers.domain.records import Customer, Order
from knowledge_base.imports import wiring
from knowledge_base.imports.domain.importing import MAX_LINES, Outcome, import_customers
from knowledge_base.imports.handlers.customer_imports import app
from knowledge_base.imports.requests import MAX_FILE_BYTES, validate
from shared.errors import Unavailable
from shared.money import Money
from shared.resilience.deadline import Deadline
from shared.text.csv_file import Record
from tests.conformance import answers_are_as_declared
from tests.knowledge_base.customers.facts import ADA, BEN, NOW, FakeCustomers
from tests.shared.http_api_calls import ADMIN, SUPPORTER, call

__all__ = ["answers_are_as_declared"]
pytestmark = pytest.mark.usefixtures("edge")

HEADER = "User ID;name;E-Mail;since;orderId;orderNumber;orderStatus;orderTotal;currency;orderedAt"
CUSTOMER = f"{ADA};Ada Example;ada@example.org;2020-05-01;;;;;;"
ORDER = f"{ADA};;;;old-1;A-17;fulfilled;45.95;GBP;2021-02-03T10:00:00+01:00"
EARLY = datetime(2020, 5, 1, tzinfo=UTC)


@pytest.fixture
def customers(monkeypatch: pytest.MonkeyPatch) -> FakeCustomers:
    fake = FakeCustomers()
    monkeypatch.setattr(wiring, "customer_facts", lambda: fake)
    return fake


def send(body: str, media_type: str = "text/csv", **more: Any) -> tuple[int, Any]:
    more = {"claims": ADMIN, **more}
    return call(app, "POST /customers/imports", body, headers={"content-type": media_type}, **more)


def a_file(*lines: str) -> str:
    return "\n".join([HEADER.replace("E-Mail", "email"), *lines])


def test_customers_and_their_orders_are_recorded_once(customers: FakeCustomers) -> None:
    for _ in range(2):
        status, report = send(a_file(CUSTOMER, ORDER))
        assert (status, report) == (
            200,
            {
                "recorded": 2,
                "failed": 0,
                "notTried": 0,
                "lines": [
                    {"line": 2, "userId": ADA, "outcome": "recorded", "errors": []},
                    {"line": 3, "userId": ADA, "outcome": "recorded", "errors": []},
                ],
            },
        )
    found = customers.find(ADA, 10)
    assert found.customer == Customer(ADA, "Ada Example", "ada@example.org", EARLY)
    placed_at = datetime(2021, 2, 3, 9, tzinfo=UTC)
    total = Money(4595, "GBP")
    assert found.orders == (Order("old-1", "A-17", "fulfilled", total, Money(0, "GBP"), placed_at),)


def test_a_trial_reports_the_same_and_records_nothing(customers: FakeCustomers) -> None:
    status, report = send(a_file(CUSTOMER, "?;;;;;;;;;"), query={"dryRun": "true"})
    assert (status, report["recorded"], report["failed"]) == (200, 1, 1)
    assert customers.facts == []


@pytest.mark.parametrize(
    ("line", "column", "message"),
    [
        ("ada;Ada;;;;;;;;", "User ID", "must be the id of an account, a UUID"),
        (f"{ADA};Ada <b>;;;;;;;;", "name", "must not contain <, > or marks of the direction of writing"),
        (f"{ADA};;ada;;;;;;;", "email", "must be an e-mail address"),
        (f"{ADA};;;yesterday;;;;;;", "since", "must be a date and time with its zone, such as 2026-02-03T04:05:06Z"),
        (f"{ADA};;;2020-02-30;;;;;;", "since", None),
        (f"{ADA};;;;old-1;A-17;;45.95;GBP;", "line", "orderedAt is missing"),
        (f"{ADA};;;;old-1;A-17;;45.95;XXX;2020-01-01", "currency", "must be the ISO 4217 code of a currency in use"),
        (f"{ADA};;;;old-1;A-17;;£45;GBP;2020-01-01", "line", "must be a number such as 12.99"),
        (f"{ADA};;;;old-1;A-17;;9999999999999;GBP;2020-01-01", "line", "too high"),
        (f"{ADA};;;;old-1;A-17;lost;45;GBP;2020-01-01", "orderStatus", None),
        (f"{ADA};Ada", "line", "has 2 fields, but the header has 10"),
        ('"', "User ID", "has an opening quotation mark but no closing one"),
    ],
)
def test_a_line_that_is_wrong_says_where_and_the_others_are_recorded(
    customers: FakeCustomers, line: str, column: str, message: str | None
) -> None:
    status, report = send(a_file(line, CUSTOMER.replace(ADA, BEN)))
    assert (status, report["failed"], report["recorded"]) == (200, 1, 1)
    [error] = report["lines"][0]["errors"]
    assert error["column"] == column
    assert (message or "") in error["message"]
    assert {fact.user_id for fact in customers.facts} == {BEN}


@pytest.mark.parametrize(
    ("header", "errors"),
    [
        ("name", [{"field": "userId", "message": "is missing"}]),
        ("userId,colour", [{"field": "colour", "message": "is not a column of customers"}]),
        ("userId,user_id", [{"field": "user_id", "message": "is a second column for userId"}]),
    ],
)
@pytest.mark.usefixtures("customers")
def test_a_header_that_is_wrong_refuses_the_file(header: str, errors: object) -> None:
    status, problem = send(f"{header}\n{ADA},Ada")
    assert (status, problem["errors"]) == (422, errors)


@pytest.mark.usefixtures("customers")
def test_files_have_bounds_and_one_type() -> None:
    assert send("x" * (MAX_FILE_BYTES + 1))[0] == 413
    assert send(json.dumps([]), "application/json")[0] == 415
    assert send("userId\n" + f"{ADA}\n" * (MAX_LINES + 1))[0] == 422


@pytest.mark.usefixtures("customers")
def test_only_admins_import() -> None:
    assert send(a_file(CUSTOMER), claims=SUPPORTER)[0] == 403


def test_nothing_is_recorded_of_whoever_was_erased(customers: FakeCustomers) -> None:
    customers.erase(ADA, NOW)
    status, report = send(a_file(CUSTOMER, CUSTOMER.replace(ADA, BEN)))
    assert (status, report["failed"], report["recorded"]) == (200, 1, 1)
    assert report["lines"][0]["errors"][0]["column"] == "userId"


class BreakingCustomers(FakeCustomers):
    """Takes the first batch only."""

    def record_all(self, facts: Sequence[Fact]) -> frozenset[str]:
        if self.facts:
            raise Unavailable("down")
        return super().record_all(facts)


def test_what_the_database_did_not_answer_to_is_unknown_and_the_rest_is_said() -> None:
    records = [Record(line, {"userId": ADA, "name": "Ada"}) for line in range(2, 202)]
    lines = import_customers(records, validate, BreakingCustomers(), Deadline(10))
    assert [line.outcome for line in lines] == [Outcome.RECORDED] * 100 + [Outcome.FAILED] * 100
    assert "may or may not" in lines[-1].errors[0].message
    late = import_customers(records, validate, FakeCustomers(), Deadline(0))
    assert {line.outcome for line in late} == {Outcome.NOT_TRIED}


def test_lines_say_what_they_say_and_no_more() -> None:
    line = validate(Record(2, {"userId": ADA, "since": "2020-05-01"}))
    assert line.facts == (Imported(ADA, "", "", EARLY),)  # type: ignore[union-attr]
    cells = {"userId": ADA, "orderId": "1", "orderNumber": "1", "orderTotal": "0.00", "currency": "JPY"}
    line = validate(Record(2, {**cells, "orderTotal": "100", "orderedAt": "2020-05-01"}))
    assert line.facts[1:] == (OrderPlaced(ADA, "1", "1", Money(100, "JPY"), EARLY),)  # type: ignore[union-attr]
