from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from cachetools import TTLCache
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.customers.domain.contexts import NEWEST, CustomerContext, CustomerService, Reading, composed
from knowledge_base.customers.domain.interactions import Interaction, InteractionKind, interaction
from knowledge_base.customers.domain.recording import EmailChanged, Fact
from knowledge_base.customers.domain.records import Customer, Donation, Order, Records
from knowledge_base.customers.domain.risk import Level
from knowledge_base.customers.domain.versions import Version, VersionedFacts
from shared.errors import Unavailable
from shared.money import Money
from tests.knowledge_base.customers.facts import FakeCustomers
from tests.knowledge_base.customers.fakes import FakeInteractions, FakeRecords, FakeVersions

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
ADA = Customer("ada", "Ada Lovelace", "ada@example.org", NOW - timedelta(days=900))
GBP = Money(100, "GBP")
PLACEHOLDER = Customer("ada", "", "", None, placeholder=True)


def order(age_days: int = 1) -> Order:
    return Order("o1", "100001", "placed", GBP, Money(0, "GBP"), NOW - timedelta(days=age_days))


def donation(age_days: int = 1) -> Donation:
    return Donation("d1", GBP, Money(0, "GBP"), "one-off", NOW - timedelta(days=age_days))


class World:
    """A service over memory, on a clock that only tests move."""

    def __init__(self, threads: Executor) -> None:
        self.time = NOW
        self.versions = FakeVersions()
        self.interactions = FakeInteractions(self.versions)
        self.records = FakeRecords()
        self.records.by_user["ada"] = Records(ADA)
        self.threads = threads
        self.kept: TTLCache[str, Reading] = TTLCache(2, 60, timer=lambda: self.time.timestamp())
        self.service = self.made(self.records)

    def made(self, records: FakeRecords | None) -> CustomerService:
        return CustomerService(records, self.interactions, self.versions, self.kept, self.threads, lambda: self.time)

    def wait(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)

    def note(
        self, sentiment: float | None = None, kind: InteractionKind = InteractionKind.REPLY, user_id: str = "ada"
    ) -> None:
        noted = interaction(kind, user_id, "t1", self.time, "e1")
        self.interactions.note(noted, self.time)
        if sentiment is not None:
            self.interactions.feel(noted, sentiment, self.time)

    @property
    def reads(self) -> tuple[int, int, int]:
        """Of versions, interactions and the database, since they were counted last."""
        counted = self.versions.reads, self.interactions.reads, self.records.reads
        self.versions.reads = self.interactions.reads = self.records.reads = 0
        return counted


@pytest.fixture
def world() -> Iterator[World]:
    with ThreadPoolExecutor(8) as threads:
        yield World(threads)


def test_a_context_has_all_that_there_is(world: World) -> None:
    world.records.by_user["ada"] = Records(ADA, (order(100),), (donation(200),))
    world.note(-1.0)
    world.wait(10 * 86400)
    context = world.service.context_of("ada")
    assert context.customer == ADA
    assert (context.orders, context.donations) == ((order(100),), (donation(200),))
    assert [each.kind for each in context.interactions] == [InteractionKind.REPLY]
    assert context.sentiment == -1.0
    assert (context.risk.level, context.risk.score) == (Level.HIGH, 60)


@pytest.mark.parametrize(
    ("records", "days"),
    [
        (Records(ADA), 900),
        (Records(ADA, (order(400),)), 400),
        (Records(ADA, (order(400),), (donation(100),)), 100),
        (Records(None, (), (donation(70),)), 70),
    ],
)
def test_silence_counts_from_the_latest_word_or_from_the_sign_up(world: World, records: Records, days: int) -> None:
    world.records.by_user["ada"] = records
    silence = world.service.context_of("ada").risk.factors[1]
    assert silence.value == days


def test_everything_is_read_at_the_same_time() -> None:
    everybody = Barrier(3, timeout=5)

    class Versions(FakeVersions):
        def find(self, user_id: str) -> Version | None:
            everybody.wait()
            return super().find(user_id)

    class Interactions(FakeInteractions):
        def newest(self, user_id: str, limit: int, now: datetime) -> tuple[Interaction, ...]:
            everybody.wait()
            return super().newest(user_id, limit, now)

    with ThreadPoolExecutor(8) as threads:
        versions, records = Versions(), FakeRecords(everybody.wait)
        service = CustomerService(records, Interactions(versions), versions, {}, threads, lambda: NOW)
        assert service.context_of("ada").customer.placeholder


def test_what_was_read_is_kept_until_something_is_written(world: World) -> None:
    first = world.service.context_of("ada")
    assert world.reads == (1, 1, 1)
    assert world.service.context_of("ada") == first
    assert world.reads == (1, 0, 0)

    world.note(-0.5)
    assert world.service.context_of("ada").sentiment == -0.5
    assert world.reads == (1, 1, 1)
    assert world.service.context_of("ada").sentiment == -0.5
    assert world.reads == (1, 0, 0)

    world.records.by_user["ada"] = Records(ADA, (order(),))
    world.versions.touch(["ada"], world.time)
    assert world.service.context_of("ada").orders == (order(),)


def test_what_was_read_is_kept_for_a_time_and_for_so_many(world: World) -> None:
    for user_id in ("ada", "bob", "eve"):
        world.service.context_of(user_id)
    assert list(world.kept) == ["bob", "eve"]
    world.wait(61)
    _ = world.reads
    world.service.context_of("eve")
    assert world.reads == (1, 1, 1)


def test_what_was_read_while_it_changed_is_not_kept(world: World) -> None:
    """The database answers what was true before a change whose version is read already."""
    world.records.meanwhile = lambda: world.versions.touch(["ada"], world.time)
    stale = world.service.context_of("ada")
    world.records.meanwhile = bool
    world.records.by_user["ada"] = Records(ADA, (order(),))
    assert stale.orders == ()
    assert world.service.context_of("ada").orders == (order(),)
    world.wait(6)
    world.service.context_of("ada")
    _ = world.reads
    assert world.service.context_of("ada").orders == (order(),)
    assert world.reads == (1, 0, 0)


def test_risk_grows_while_the_context_is_kept(world: World) -> None:
    world.kept = TTLCache(2, 10**9, timer=lambda: 0)
    world.service = world.made(world.records)
    world.records.by_user["ada"] = Records(ADA, (order(),))
    assert world.service.context_of("ada").risk.score == 0
    world.wait(400 * 86400)
    assert world.service.context_of("ada").risk.score == 40
    assert world.reads == (2, 1, 1)


def test_without_a_database_customers_are_placeholders(world: World) -> None:
    world.note(0.5)
    world.wait(10)
    service = world.made(None)
    for _ in range(2):
        context = service.context_of("ada")
        assert context.customer == PLACEHOLDER
        assert [each.sentiment for each in context.interactions] == [0.5]
    assert world.reads == (2, 1, 0)


def test_while_the_database_fails_customers_are_placeholders_and_not_kept(world: World) -> None:
    def fail() -> None:
        raise Unavailable("down")

    world.records.meanwhile = fail
    world.note(0.5)
    world.wait(10)
    for _ in range(3):
        context = world.service.context_of("ada")
        assert (context.customer, context.sentiment) == (PLACEHOLDER, 0.5)
    world.records.meanwhile = bool
    assert world.service.context_of("ada").customer == ADA


def test_who_has_not_arrived_yet_is_a_placeholder_until_then(world: World) -> None:
    world.records.by_user["ada"] = Records(None, (order(),))
    context = world.service.context_of("ada")
    assert (context.customer, context.orders) == (PLACEHOLDER, (order(),))
    world.records.by_user["ada"] = Records(ADA, (order(),))
    world.versions.touch(["ada"], world.time)
    assert world.service.context_of("ada").customer == ADA


def test_no_more_than_the_newest_are_read(world: World) -> None:
    world.records.by_user["ada"] = Records(ADA, (order(),) * 50, (donation(),) * 50)
    for number in range(50):
        world.interactions.note(interaction(InteractionKind.CHAT, "ada", "s", world.time, str(number)), world.time)
    context = world.service.context_of("ada")
    assert {len(context.orders), len(context.donations), len(context.interactions)} == {NEWEST}


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("note"), st.sampled_from(["ada", "bob"]), st.floats(-1, 1)),
        st.tuples(st.just("order"), st.sampled_from(["ada", "bob"]), st.integers(0, 500)),
        st.tuples(st.just("read"), st.sampled_from(["ada", "bob"]), st.integers(0, 1)),
        st.tuples(st.just("wait"), st.just(""), st.integers(1, 100)),
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_two_workers_never_answer_what_was_true_before_the_last_change(steps: list[tuple[str, str, float]]) -> None:
    with ThreadPoolExecutor(8) as threads:
        world = World(threads)
        workers = [world.service]
        world.kept = TTLCache(2, 60, timer=lambda: world.time.timestamp())
        workers.append(world.made(world.records))
        for number, (step, user_id, value) in enumerate(steps):
            match step:
                case "note":
                    noted = interaction(InteractionKind.REPLY, user_id, "t", world.time, str(number))
                    world.interactions.note(noted, world.time)
                    world.interactions.feel(noted, value, world.time)
                case "order":
                    before = world.records.by_user.get(user_id, Records(None))
                    world.records.by_user[user_id] = Records(None, (order(int(value)), *before.orders))
                    world.versions.touch([user_id], world.time)
                case "wait":
                    world.wait(value)
                case "read":
                    assert workers[int(value)].context_of(user_id) == _read_directly(world, user_id)


def _read_directly(world: World, user_id: str) -> CustomerContext:
    interactions = world.interactions.newest(user_id, NEWEST, world.time)
    return composed(user_id, Reading(None, world.records.find(user_id, NEWEST), interactions), world.time)


@pytest.mark.parametrize("fails", [False, True])
def test_whatever_is_recorded_of_a_customer_is_seen(world: World, fails: bool) -> None:
    """Also where the database did not say whether it was done."""
    fact = EmailChanged("ada", "ada@example.org", 2)

    class Facts(FakeCustomers):
        def record_all(self, facts: Sequence[Fact]) -> frozenset[str]:
            living = super().record_all(facts)
            if fails:
                raise Unavailable("no answer")
            return living

    facts = VersionedFacts(Facts(), world.versions, lambda: world.time)
    for act in (
        lambda: facts.record(fact),
        lambda: facts.record_all([fact, fact]),
        lambda: facts.erase("ada", world.time),
    ):
        before = world.versions.find("ada")
        with suppress(Unavailable):
            act()
        assert world.versions.find("ada") != before
