"""What whoever keeps the ledger must do, in memory and in DynamoDB."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from personalization.donations.adapters.ledger import DynamoLedger
from personalization.donations.domain.donations import Donation, LedgerRow
from personalization.donations.domain.giving import GiftChangedError, RefundRequest, refund_gift
from shared.auth.callers import Caller
from shared.errors import Invalid, NotFound, Unavailable
from shared.idempotency.claims import KEPT, Claim, KeyInUse
from shared.idempotency.first_answers import DynamoFirstAnswers
from shared.ids import new_id
from shared.money import Money
from shared.time.periods import Period
from tests.personalization.examples import NOW, a_supporter, donation, refund_of
from tests.personalization.stores import DynamoStore, MemoryStore, Store
from tests.shared.dynamodb.dynamodb_calls import cost_of

CLAIM = Claim("record-1", "request-1")
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def add(store: Store, *gifts: Donation) -> None:
    for gift in gifts:
        store.ledger.add_once(gift)


def rows(store: Store, user_id: str = "ada", *, anonymous: bool = True) -> list[LedgerRow]:
    return list(store.ledger.page(user_id, anonymous=anonymous, after=None, limit=100).items)


def totals(store: Store, user_id: str = "ada", *, anonymous: bool = True) -> tuple[Money, ...]:
    store.keep(a_supporter(user_id))
    profile = store.profiles.find(user_id, anonymous=anonymous)
    assert profile
    return profile.donations.totals


def refunded(store: Store, gift: Donation) -> int:
    found = store.ledger.find(gift.donation_id)
    assert found
    return found.refunded.amount


def at_once[T](tasks: Sequence[Callable[[], T]]) -> list[T]:
    together = threading.Barrier(len(tasks))

    def start(task: Callable[[], T]) -> T:
        together.wait(timeout=60)
        return task()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return [each.result() for each in [pool.submit(start, task) for task in tasks]]


class LedgerContract:
    def test_gifts_and_refunds_come_back_as_written_the_newest_first(self, store: Store) -> None:
        gifts = [donation(number) for number in range(4)]
        add(store, *gifts)
        back = refund_of(gifts[1], 5)
        store.ledger.refund(back, gifts[1], None)

        kept = replace(gifts[1], refunded=Money(5, "GBP"))
        assert rows(store) == [back, gifts[3], gifts[2], kept, gifts[0]]

    def test_totals_follow_every_row_by_currency_and_anonymity(self, store: Store) -> None:
        gifts = [donation(1), donation(2, amount=Money(700, "EUR")), donation(3), donation(4)]
        add(store, *gifts)
        store.ledger.refund(refund_of(gifts[0], 1), gifts[0], None)
        store.ledger.refund(refund_of(gifts[2], 3, 1001), gifts[2], None)

        assert totals(store) == (Money(700, "EUR"), Money(1000 + 1000 + 1004, "GBP"))
        assert totals(store, anonymous=False) == (Money(700, "EUR"), Money(1000 + 1004, "GBP"))

    def test_readers_without_anonymous_gifts_have_full_pages(self, store: Store) -> None:
        add(store, *(donation(number) for number in range(9)))

        first = store.ledger.page("ada", anonymous=False, after=None, limit=3)
        second = store.ledger.page("ada", anonymous=False, after=first.next_position, limit=3)

        assert [row.anonymous for row in first.items + second.items] == [False] * 6
        assert second.next_position is None

    @pytest.mark.parametrize("anonymous", [True, False])
    def test_pages_neither_skip_nor_repeat_rows_while_rows_are_added(self, store: Store, anonymous: bool) -> None:
        there = [replace(donation(number), anonymous=False) for number in range(10)]
        add(store, *there)
        seen: list[str] = []
        after: str | None = None
        for newer in range(100, 200):
            page = store.ledger.page("ada", anonymous=anonymous, after=after, limit=3)
            seen += [row.donation_id for row in page.items]
            add(store, donation(newer))
            if (after := page.next_position) is None:
                break

        assert seen == [gift.donation_id for gift in reversed(there)]

    @pytest.mark.parametrize("anonymous", [True, False])
    @pytest.mark.parametrize(("since", "until"), [(None, 7), (3, None), (3, 7), (7, 3), (20, 30)])
    def test_rows_of_a_period_come_page_by_page(
        self, store: Store, since: int | None, until: int | None, anonymous: bool
    ) -> None:
        given = [replace(donation(number), anonymous=False) for number in range(1, 11)]
        add(store, *given)
        period = Period(*(None if minute is None else NOW + minute * MINUTE for minute in (since, until)))
        seen: list[LedgerRow] = []
        after: str | None = None
        while True:
            page = store.ledger.page("ada", period, anonymous=anonymous, after=after, limit=2)
            seen += page.items
            if (after := page.next_position) is None:
                break

        assert seen == [gift for gift in reversed(given) if period.has(gift.created_at)]

    def test_gift_is_found_by_its_id_alone(self, store: Store) -> None:
        add(store, donation(1), donation(3, "bob"))

        assert store.ledger.find(donation(3, "bob").donation_id) == donation(3, "bob")
        assert store.ledger.find("unknown") is None
        assert store.ledger.find("totals#GBP") is None

    def test_refund_is_no_gift(self, store: Store) -> None:
        add(store, donation(1))
        back = refund_of(donation(1), 5)
        store.ledger.refund(back, donation(1), None)

        assert store.ledger.find(back.donation_id) is None

    def test_rows_of_orders_are_written_once(self, store: Store) -> None:
        gift = replace(donation(1), order_id="order-1")
        back = replace(refund_of(gift, 600), order_id="order-1")

        assert [store.ledger.add_once(gift) for _ in range(2)] == [True, False]
        assert [store.ledger.change_once(back, gift) for _ in range(2)] == [True, False]

        kept = replace(gift, refunded=Money(600, "GBP"))
        assert rows(store) == [back, kept]
        assert totals(store) == (Money(401, "GBP"),)
        assert store.ledger.gift("ada", gift.donation_id) == kept
        assert store.ledger.gift("bob", gift.donation_id) is None

    def test_rows_of_orders_add_up_in_any_order(self, store: Store) -> None:
        gift = replace(donation(1), order_id="order-1")
        add(store, gift)
        back, again = refund_of(gift, 1001), refund_of(gift, 1001, 1001)
        restored = replace(refund_of(gift, -1001, 1002), kind="reversal")

        left = []
        for row in (restored, back, again):  # the second refund is of what the failure of the first has restored
            assert store.ledger.change_once(row, gift)
            left.append(refunded(store, gift))

        assert left == [0, 0, 1001]
        assert totals(store) == (Money(0, "GBP"),)
        assert rows(store) == [restored, again, back, replace(gift, refunded=Money(1001, "GBP"))]

    def test_gift_that_holds_too_little_is_left_alone(self, store: Store) -> None:
        gift = donation(1)
        add(store, gift)
        store.ledger.refund(refund_of(gift, 1000), gift, None)

        with pytest.raises(GiftChangedError):
            store.ledger.refund(refund_of(gift, 2, 1001), gift, None)

        assert refunded(store, gift) == 1000
        assert totals(store) == (Money(1, "GBP"),)
        assert len(rows(store)) == 2

    def test_refunds_at_once_never_exceed_the_gift(self, store: Store) -> None:
        gift = donation(1, amount=Money(1000, "GBP"))
        add(store, gift)
        staff = Caller("staff-1", frozenset({"staff"}))
        wanted = RefundRequest(gift.donation_id, Money(300, "GBP"), "a mistake")

        def refund() -> bool:
            try:
                refund_gift(staff, wanted, ledger=store.ledger, now=NOW, new_id=new_id, claim=None)
            except Invalid:
                return False
            return True

        assert sorted(at_once([refund] * 6)) == [False] * 3 + [True] * 3
        assert refunded(store, gift) == 900
        assert totals(store) == (Money(100, "GBP"),)

    def test_somebody_who_is_not_registered_gets_no_row(self, store: Store) -> None:
        with pytest.raises(NotFound):
            store.ledger.add(donation(1), CLAIM.answered({}, NOW))

        assert rows(store) == []
        assert store.first_answers.find(CLAIM.record_id, NOW) is None
        assert store.ledger.is_registered("ada") is False

    def test_somebody_registered_gets_the_row(self, store: Store) -> None:
        store.keep(a_supporter())

        store.ledger.add(donation(1), None)

        assert rows(store) == [donation(1)]
        assert store.ledger.is_registered("ada") is True

    # --- First answers

    def test_first_answer_is_kept_with_the_row(self, store: Store) -> None:
        store.keep(a_supporter())
        store.ledger.add(donation(1), CLAIM.answered({"a": "ä"}, NOW))

        kept = store.first_answers.find(CLAIM.record_id, NOW)
        assert kept
        assert (kept.body, kept.request_hash) == ('{"a":"ä"}', "request-1")

    def test_second_row_under_a_record_is_refused_whole(self, store: Store) -> None:
        store.keep(a_supporter())
        gift = donation(1)
        store.ledger.add(gift, CLAIM.answered(1, NOW))

        with pytest.raises(KeyInUse):
            store.ledger.add(donation(2), CLAIM.answered(2, NOW))
        with pytest.raises(KeyInUse):
            store.ledger.refund(refund_of(gift, 5), gift, CLAIM.answered(3, NOW))

        assert rows(store) == [gift]
        assert totals(store) == (gift.amount,)

    def test_record_is_gone_from_the_second_it_expires(self, store: Store) -> None:
        store.keep(a_supporter())
        start = NOW.replace(microsecond=0)
        store.ledger.add(donation(1), CLAIM.answered(1, start))

        assert store.first_answers.find(CLAIM.record_id, start + KEPT - SECOND)
        assert store.first_answers.find(CLAIM.record_id, start + KEPT) is None
        store.ledger.add(donation(2), CLAIM.answered(2, start + KEPT))
        kept = store.first_answers.find(CLAIM.record_id, start + KEPT)
        assert kept
        assert kept.body == "2"

    def test_only_one_of_several_at_once_is_written_under_a_record(self, store: Store) -> None:
        store.keep(a_supporter())

        def attempt(number: int) -> bool:
            try:
                store.ledger.add(donation(number), CLAIM.answered(number, NOW))
            except KeyInUse:
                return False
            return True

        written = at_once([lambda number=number: attempt(number) for number in range(8)])  # type: ignore[misc]  # mypy infers no lambda with a default

        assert sorted(written) == [False] * 7 + [True]
        assert rows(store) == [donation(written.index(True))]


class TestFakeLedger(LedgerContract):
    @pytest.fixture
    def store(self) -> Store:
        return MemoryStore()


@pytest.mark.emulator
@pytest.mark.xdist_group("emulator")
class TestDynamoLedger(LedgerContract):
    @pytest.fixture
    def store(self, dynamo: DynamoStore) -> Store:
        return dynamo

    def test_gift_and_refund_are_one_transaction_each(self, store: Store) -> None:
        store.keep(a_supporter())
        gift, answer = donation(1), CLAIM.answered(1, NOW)

        adding = cost_of(lambda: store.ledger.add(gift, answer))
        refunding = cost_of(lambda: store.ledger.refund(refund_of(gift, 5), gift, None))

        assert adding.calls == refunding.calls == ["TransactWriteItems"]

    @pytest.mark.parametrize("anonymous", [True, False])
    def test_page_is_one_query_whatever_the_history(self, store: Store, anonymous: bool) -> None:
        store.give(*(donation(number) for number in range(60)))

        cost = cost_of(lambda: store.ledger.page("ada", anonymous=anonymous, after=None, limit=10))

        assert (cost.calls, cost.rows) == (["Query"], 11)


@pytest.mark.usefixtures("out_of_reach")
def test_ledger_out_of_reach_is_unavailable() -> None:
    gift = donation(1)
    ledger, answers = (
        DynamoLedger("unreachable-u", "unreachable-d", "unreachable-i"),
        DynamoFirstAnswers("unreachable-i"),
    )
    for ask in (
        lambda: ledger.add(gift, None),
        lambda: ledger.refund(refund_of(gift, 1), gift, None),
        lambda: ledger.find("x"),
        lambda: ledger.page("ada", anonymous=True, after=None, limit=1),
        lambda: ledger.is_registered("ada"),
        lambda: answers.find("x", NOW),
    ):
        with pytest.raises(Unavailable):
            ask()
