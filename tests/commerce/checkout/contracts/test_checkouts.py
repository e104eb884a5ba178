"""What whoever keeps checkouts must do, in memory and in DynamoDB."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from commerce.checkout.adapters.checkouts import CheckoutRecord, DynamoCheckouts
from commerce.checkout.domain.checkout import (
    KEPT,
    CheckoutProblem,
    Checkouts,
    CheckoutStatus,
    GiftAid,
    Reservation,
)
from commerce.payments.domain.provider import Means
from local.workspace import ROOT
from shared.dynamodb.transactions import Transaction
from shared.errors import VersionConflict
from shared.persistence.unit_of_work import UnitOfWork, WriteRefused
from tests.commerce.checkout.examples import a_checkout
from tests.commerce.checkout.fakes import FakeCheckouts
from tests.commerce.examples import NOW
from tests.shared.dynamodb.dynamodb_calls import cost_of
from tests.shared.dynamodb.dynamodb_tables import tables_like
from tests.shared.persistence.fake_transactions import FakeTransaction

TEMPLATE = ROOT / "commerce" / "till_tables.yaml"
FULL = {
    "means": Means(confirmation_token_id="ctoken_1"),
    "gift_aid": GiftAid(first_name="Ada", last_name="King", house="1", postcode="YO1 7HH", declaration="2026-1"),
    "status": CheckoutStatus.REQUIRES_ACTION,
    "reservation": Reservation.HELD,
    "payment_id": "pi_1",
    "client_secret": "pi_1_secret",
    "task_token": "token",
    "doubtful_since": NOW,
    "overdue_since": NOW,
    "withdrawn": True,
    "problem": CheckoutProblem("A title", "A detail."),
}


class CheckoutsContract:
    @pytest.fixture
    def checkout_id(self) -> str:
        return uuid.uuid4().hex * 2

    def test_checkout_is_read_as_it_was_written(self, checkouts: Checkouts, checkout_id: str) -> None:
        checkout = a_checkout(checkout_id, **FULL)
        checkouts.add(checkout)

        assert checkouts.find(checkout_id) == checkout

    def test_there_is_one_with_an_id(self, checkouts: Checkouts, checkout_id: str) -> None:
        assert checkouts.find(checkout_id) is None
        checkouts.add(a_checkout(checkout_id))

        with pytest.raises(VersionConflict):
            checkouts.add(a_checkout(checkout_id, user_id="bob"))
        assert checkouts.find(checkout_id) == a_checkout(checkout_id)

    def test_customer_begins_one_after_the_other(self, checkouts: Checkouts, checkout_id: str) -> None:
        first, second = a_checkout(checkout_id), a_checkout(uuid.uuid4().hex * 2)
        assert checkouts.latest_of("ada") is None
        checkouts.add(first)

        with pytest.raises(VersionConflict):
            checkouts.add(second)
        assert (checkouts.find(second.checkout_id), checkouts.latest_of("ada")) == (None, first.checkout_id)
        checkouts.add(second, first.checkout_id)
        assert checkouts.latest_of("ada") == second.checkout_id

    def test_who_writes_what_somebody_else_has_changed_is_refused(self, checkouts: Checkouts, checkout_id: str) -> None:
        read = a_checkout(checkout_id)
        checkouts.add(read)
        saved = checkouts.save(replace(read, payment_id="pi_1"))

        assert saved == checkouts.find(checkout_id)
        assert saved.version == read.version + 1
        with pytest.raises(VersionConflict):
            checkouts.save(replace(read, withdrawn=True))
        assert checkouts.find(checkout_id) == saved

    def test_transaction_has_it_written_or_names_it(
        self, checkouts: Checkouts, begin: Callable[[], UnitOfWork], checkout_id: str
    ) -> None:
        read = a_checkout(checkout_id)
        checkouts.add(read)
        first, second = begin(), begin()
        saved = checkouts.save(read.reserved(), first)
        checkouts.save(read.reserved(), second)
        first.commit()

        with pytest.raises(WriteRefused) as refusal:
            second.commit()
        assert refusal.value.refused == {"checkout"}
        assert checkouts.find(checkout_id) == saved

    def test_those_are_due_whose_time_has_come(self, checkouts: Checkouts, checkout_id: str) -> None:
        ended = a_checkout(uuid.uuid4().hex * 2, user_id="bob")
        checkouts.add(a_checkout(checkout_id, due_at=NOW + timedelta(minutes=5), doubtful_since=NOW))
        checkouts.add(ended)
        checkouts.save(ended.ended(CheckoutStatus.CANCELLED, None, NOW))

        assert not self.due(checkouts, checkout_id, minutes=4)
        assert self.due(checkouts, checkout_id, minutes=5) == [(NOW + timedelta(minutes=5), NOW)]
        assert not self.due(checkouts, ended.checkout_id, minutes=60)

    def test_what_is_put_off_stays_overdue_unless_it_gets_further(self, checkouts: Checkouts, checkout_id: str) -> None:
        first, second = NOW + timedelta(minutes=5), NOW + timedelta(minutes=6)
        checkouts.add(a_checkout(checkout_id, due_at=first))
        [due] = [each for each in checkouts.due(first, 1000) if each.checkout_id == checkout_id]

        checkouts.put_off(due, second)
        checkouts.put_off(due, NOW + timedelta(hours=1))  # it is not due any more

        found = checkouts.find(checkout_id)
        assert found
        assert (found.due_at, found.overdue_since, found.version) == (second, first, 0)
        [due] = [each for each in checkouts.due(second, 1000) if each.checkout_id == checkout_id]
        assert (due.due_at, due.since) == (second, first)
        ended = checkouts.save(found.ended(CheckoutStatus.CANCELLED, None, NOW))
        checkouts.put_off(due, NOW + timedelta(hours=1))
        assert checkouts.find(checkout_id) == ended

    def due(self, checkouts: Checkouts, checkout_id: str, *, minutes: int) -> list[object]:
        found = checkouts.due(NOW + timedelta(minutes=minutes), 1000)
        return [(each.due_at, each.doubtful_since) for each in found if each.checkout_id == checkout_id]


class TestCheckoutsInMemory(CheckoutsContract):
    @pytest.fixture
    def checkouts(self) -> Checkouts:
        return FakeCheckouts()

    @pytest.fixture
    def begin(self) -> Callable[[], UnitOfWork]:
        return FakeTransaction


class TestCheckoutsInDynamo(CheckoutsContract):
    @pytest.fixture
    def table(self, local_aws: str) -> Iterator[str]:
        with tables_like(local_aws, TEMPLATE, ["CheckoutsTable"]) as names:
            yield names["CheckoutsTable"]

    @pytest.fixture
    def checkouts(self, table: str) -> DynamoCheckouts:
        return DynamoCheckouts(table)

    @pytest.fixture
    def begin(self) -> Callable[[], UnitOfWork]:
        return Transaction

    def test_each_costs_one_call(self, checkouts: DynamoCheckouts, checkout_id: str) -> None:
        checkout = a_checkout(checkout_id)

        assert cost_of(lambda: checkouts.add(checkout)).calls == ["TransactWriteItems"]
        assert cost_of(lambda: checkouts.find(checkout_id)).calls == ["GetItem"]
        assert cost_of(lambda: checkouts.save(checkout)).calls == ["PutItem"]

    def test_what_has_ended_expires(self, checkouts: DynamoCheckouts, table: str, checkout_id: str) -> None:
        checkout = a_checkout(checkout_id)
        checkouts.add(checkout)
        assert CheckoutRecord.at(table).find(checkout_id).expires_at is None  # type: ignore[union-attr]

        checkouts.save(checkout.ended(CheckoutStatus.CANCELLED, None, NOW))

        expires_at = CheckoutRecord.at(table).find(checkout_id).expires_at  # type: ignore[union-attr]
        assert expires_at == (NOW + KEPT).replace(microsecond=0)
