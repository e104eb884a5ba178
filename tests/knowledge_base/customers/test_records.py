"""CustomerRecords and CustomerFacts: the same in memory and in Postgres."""

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge_base.customers.adapters.postgres.records import PostgresCustomers
from knowledge_base.customers.domain.recording import (
    CustomerFacts,
    EmailChanged,
    Fact,
    Gift,
    GiftChange,
    Imported,
    OrderEnded,
    OrderPlaced,
    OrderRefund,
    Registered,
)
from knowledge_base.customers.domain.records import Customer, CustomerRecords, Donation, Order, Records
from local.postgres.process import PostgresProcess
from shared.money import Money
from tests.knowledge_base.customers.facts import ADA, BEN, NOW, FakeCustomers
from tests.knowledge_base.customers.postgres import TestDatabase, new_database

REGISTERED = Registered(ADA, "Ada Example", "ada@example.org", NOW)
PLACED = OrderPlaced(ADA, "order-1", "100001", Money(4595, "GBP"), NOW)
GIFT = Gift(ADA, "gift-1", Money(2500, "GBP"), "monthly", NOW, "order-1")
HISTORY: tuple[Fact, ...] = (
    REGISTERED,
    EmailChanged(ADA, "ada@example.net", 2),
    EmailChanged(ADA, "ada@example.com", 5),
    PLACED,
    OrderEnded(ADA, "order-1", "100001", "fulfilled"),
    OrderRefund(ADA, "order-1", "refund-1", 500, failed=False),
    OrderRefund(ADA, "order-1", "refund-2", 300, failed=False),
    OrderRefund(ADA, "order-1", "refund-2", 300, failed=True),
    GIFT,
    GiftChange(ADA, "change-1", "gift-1", -1000),
    GiftChange(ADA, "change-2", "gift-1", 400),
)
WHAT_IT_COMES_TO = Records(
    Customer(ADA, "Ada Example", "ada@example.com", NOW),
    (Order("order-1", "100001", "fulfilled", Money(4595, "GBP"), Money(500, "GBP"), NOW),),
    (Donation("gift-1", Money(2500, "GBP"), Money(600, "GBP"), "monthly", NOW, "order-1"),),
)


class Customers(CustomerFacts, CustomerRecords): ...


class CustomersContract:
    @pytest.fixture
    def customers(self) -> Customers:
        raise NotImplementedError

    def test_nobody_is_there_at_first(self, customers: Customers) -> None:
        assert customers.find(ADA, 10) == Records(None)

    def test_facts_add_up(self, customers: Customers) -> None:
        for fact in HISTORY:
            assert customers.record(fact)
        assert customers.find(ADA, 10) == WHAT_IT_COMES_TO
        assert customers.find(BEN, 10) == Records(None)

    def test_they_do_so_in_any_order_and_however_often_they_come(self, customers: Customers) -> None:
        for number, order in enumerate([HISTORY[::-1], HISTORY[5:] + HISTORY[:5], HISTORY[::2] + HISTORY[1::2] * 2]):
            user_id = f"{ADA}-{number}"
            for fact in order:
                customers.record(_of(user_id, fact))
            found = customers.find(user_id, 10)
            assert found == _renamed(user_id, WHAT_IT_COMES_TO)

    def test_orders_and_gifts_come_the_newest_first_and_no_more_than_wanted(self, customers: Customers) -> None:
        for day in range(5):
            at = NOW + timedelta(days=day)
            customers.record(replace(PLACED, order_id=f"order-{day}", at=at))
            customers.record(replace(GIFT, donation_id=f"gift-{day}", at=at))
        found = customers.find(ADA, 2)
        assert [order.order_id for order in found.orders] == ["order-4", "order-3"]
        assert [gift.donation_id for gift in found.donations] == ["gift-4", "gift-3"]
        assert found.customer is None

    def test_an_import_names_but_knows_no_address_better_than_an_event(self, customers: Customers) -> None:
        imported = Imported(ADA, "Dr Ada Example", "old@example.org", NOW - timedelta(days=1000))
        customers.record(imported)
        found = customers.find(ADA, 1).customer
        assert found == Customer(ADA, "Dr Ada Example", "old@example.org", imported.since)
        for fact in (REGISTERED, imported):
            customers.record(fact)
            found = customers.find(ADA, 1).customer
            assert found == Customer(ADA, "Dr Ada Example", "ada@example.org", imported.since)
        customers.record(Imported(ADA, "", "", None))
        assert customers.find(ADA, 1).customer == found

    def test_many_are_recorded_at_once(self, customers: Customers) -> None:
        customers.erase(BEN, NOW)
        users = [ADA, BEN, *(f"user-{number}" for number in range(20))]
        facts = [_of(user_id, fact) for user_id in users for fact in HISTORY]
        for _ in range(2):
            assert customers.record_all(facts) == set(users) - {BEN}
        assert customers.find("user-9", 10) == _renamed("user-9", WHAT_IT_COMES_TO)
        assert customers.record_all([]) == set()

    def test_nothing_is_left_of_whoever_was_erased_nor_comes_back(self, customers: Customers) -> None:
        for fact in HISTORY:
            customers.record(fact)
        customers.record(_of(BEN, REGISTERED))
        for _ in range(2):
            assert customers.erase(ADA, NOW)
            assert [customers.record(fact) for fact in HISTORY] == [False] * len(HISTORY)
        assert not customers.record(Imported(ADA, "Ada", "ada@example.org", NOW))
        assert customers.find(ADA, 10) == Records(None)
        assert customers.find(BEN, 10).customer is not None

    def test_whoever_was_never_there_is_erased_beforehand(self, customers: Customers) -> None:
        customers.erase(ADA, NOW)
        assert not customers.record(REGISTERED)
        assert customers.find(ADA, 10) == Records(None)

    def test_any_text_is_kept_as_it_is_except_for_nul(self, customers: Customers) -> None:
        for name in ("Robert'); DROP TABLE customers;--", "%(name)s %s %", "\\ \" ' $$", "😀 Ünïcode\n"):
            customers.record(Imported(ADA, name, "", None))
            assert customers.find(ADA, 1).customer == Customer(ADA, name, "", None)


class TestFakeCustomers(CustomersContract):
    @pytest.fixture
    def customers(self) -> FakeCustomers:
        return FakeCustomers()


class TestPostgresCustomers(CustomersContract):
    @pytest.fixture
    def customers(self, database: TestDatabase) -> Iterator[PostgresCustomers]:
        with database.open() as opened:
            yield PostgresCustomers(opened)

    def test_nul_is_left_out(self, customers: Customers) -> None:
        customers.record(Imported(ADA, "A\0da", "", None))
        assert customers.find(ADA, 1).customer == Customer(ADA, "Ada", "", None)

    def test_nothing_of_the_erased_is_in_any_table(self, customers: Customers, database: TestDatabase) -> None:
        for fact in HISTORY:
            customers.record(fact)
        customers.erase(ADA, NOW)
        tables = [row[0] for row in database.as_owner("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        assert "customers" in tables
        for table in set(tables) - {"customers", "migrations"}:
            assert database.as_owner(f"TABLE {table}") == [], table
        assert database.as_owner("SELECT name, email, since FROM customers") == [(None, None, None)]


def test_an_erasure_and_what_is_recorded_meanwhile_leave_nothing(database: TestDatabase) -> None:
    """Whoever comes first: many times, so that they meet in every way."""
    with ThreadPoolExecutor(3) as threads, ExitStack() as stack:
        mine, theirs, eraser = (PostgresCustomers(stack.enter_context(database.open())) for _ in range(3))
        for number in range(40):
            user_id = f"user-{number}"
            barrier = Barrier(3)

            def after[T](act: Callable[[], T], barrier: Barrier = barrier) -> T:
                barrier.wait(10)
                return act()

            def write(customers: PostgresCustomers, user_id: str = user_id) -> None:
                for fact in HISTORY:
                    customers.record(_of(user_id, fact))

            done: list[Future[Any]] = [
                threads.submit(after, partial(write, mine)),
                threads.submit(after, partial(write, theirs)),
                threads.submit(after, partial(eraser.erase, user_id, NOW)),
            ]
            for each in done:
                each.result(10)
    for table in ("orders", "order_refunds", "donations", "donation_changes"):
        assert database.as_owner(f"TABLE {table}") == [], table
    assert database.as_owner("SELECT count(*) FROM customers WHERE erased_at IS NULL OR name IS NOT NULL") == [(0,)]


_FACTS = st.one_of(
    st.just(REGISTERED),
    st.sampled_from([EmailChanged(ADA, "three@example.org", 3), EmailChanged(ADA, "four@example.org", 4)]),
    st.builds(Imported, st.just(ADA), st.just("Imported"), st.just("imported@example.org"), st.just(NOW)),
    st.sampled_from(HISTORY),
    st.builds(
        lambda order, refund, failed: OrderRefund(ADA, f"order-{order}", f"refund-{order}-{refund}", 100, failed),
        st.integers(1, 2),
        st.integers(1, 2),
        st.booleans(),
    ),
    st.builds(lambda order: replace(PLACED, order_id=f"order-{order}"), st.integers(1, 2)),
    st.builds(
        lambda gift, change: GiftChange(ADA, f"change-{gift}-{change}", f"gift-{gift}", -change),
        st.integers(1, 2),
        st.integers(1, 3),
    ),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(facts=st.lists(_FACTS, max_size=12), data=st.data())
def test_postgres_and_memory_agree_on_any_history_in_any_order(
    shared_database: TestDatabase, facts: list[Fact], data: st.DataObject
) -> None:
    reordered = data.draw(st.permutations(facts)) + facts[:3]
    user_id = f"user-{next(_numbers)}"
    fake = FakeCustomers()
    with shared_database.open() as opened:
        customers = PostgresCustomers(opened)
        for fact in facts:
            fake.record(_of(user_id, fact))
        for fact in reordered:
            customers.record(_of(user_id, fact))
        assert customers.find(user_id, 5) == fake.find(user_id, 5)


_numbers = itertools.count()


@pytest.fixture(scope="module")
def shared_database(postgres: PostgresProcess) -> TestDatabase:
    return new_database(postgres)


def _of(user_id: str, fact: Fact) -> Fact:
    """The same of somebody else: ids of their own, too."""
    ids: dict[str, Any] = {
        name: f"{getattr(fact, name)} {user_id}" for name in fact.__slots__ if _is_id(name) and getattr(fact, name)
    }
    return replace(fact, **{**ids, "user_id": user_id})


def _renamed(user_id: str, records: Records) -> Records:
    assert records.customer is not None
    return Records(
        replace(records.customer, user_id=user_id),
        tuple(replace(order, order_id=f"{order.order_id} {user_id}") for order in records.orders),
        tuple(
            replace(gift, donation_id=f"{gift.donation_id} {user_id}", order_id=f"{gift.order_id} {user_id}")
            for gift in records.donations
        ),
    )


def _is_id(name: str) -> bool:
    return name.endswith("_id") and name != "user_id"
