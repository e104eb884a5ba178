"""What whoever reads profiles must do, in memory and in DynamoDB."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from personalization.donations.domain.donations import DonationPage
from personalization.memory.domain.context import SupporterContext
from personalization.profiles.adapters.profiles import DynamoProfiles
from personalization.profiles.domain.profile import Profile
from personalization.supporters.adapters.supporters import DynamoSupporters
from personalization.supporters.domain.supporter import register
from shared.erasure.tombstones import DynamoTombstones
from shared.errors import Unavailable
from shared.money import Money
from shared.people.dynamo_directory import DynamoDirectory
from tests.personalization.examples import NOW, a_context, a_supporter, donation
from tests.personalization.stores import DynamoStore, MemoryStore, Store
from tests.shared.dynamodb.dynamodb_calls import cost_of

NO_DONATIONS = DonationPage(items=(), totals=(), next_position=None)
histories = pytest.mark.parametrize("count", [0, 1, 20, 21, 22, 45])


def found(store: Store, user_id: str = "ada") -> Profile:
    profile = store.profiles.find(user_id, anonymous=True)
    assert profile is not None
    return profile


class ProfilesContract:
    def test_nobody_has_no_profile(self, store: Store) -> None:
        assert store.profiles.find("nobody", anonymous=True) is None

    def test_donations_and_context_alone_make_no_profile(self, store: Store) -> None:
        store.give(donation(1, "ghost"))
        store.learn("ghost", a_context(1))

        assert store.profiles.find("ghost", anonymous=True) is None

    def test_newcomer_has_given_nothing_and_has_no_context_yet(self, store: Store) -> None:
        register("ada", "Ada", "ada@example.org", NOW, store.supporters)

        profile = found(store)

        assert profile.donations == NO_DONATIONS
        assert profile.context == SupporterContext()

    def test_supporter_comes_back_as_kept(self, store: Store) -> None:
        store.keep(a_supporter())

        assert found(store).supporter == a_supporter()

    def test_donation_comes_back_as_given(self, store: Store) -> None:
        store.keep(a_supporter())
        given = [donation(number) for number in range(4)]
        store.give(*given)

        assert list(found(store).donations.items) == given[::-1]

    @histories
    def test_page_holds_the_newest_twenty_donations_first_the_newest(self, store: Store, count: int) -> None:
        store.keep(a_supporter())
        given = [donation(number) for number in range(count)]
        store.give(*given)

        assert list(found(store).donations.items) == given[::-1][:20]

    @histories
    def test_totals_are_of_all_donations(self, store: Store, count: int) -> None:
        store.keep(a_supporter())
        given = [donation(number) for number in range(count)]
        store.give(*given)

        expected = [Money(sum(each.amount.amount for each in given), "GBP")] if given else []
        assert list(found(store).donations.totals) == expected

    @histories
    def test_next_page_begins_after_the_last_donation_of_a_full_page_if_more_follow(
        self, store: Store, count: int
    ) -> None:
        store.keep(a_supporter())
        given = [donation(number) for number in range(count)]
        store.give(*given)

        expected = given[-20].donation_id if count > 20 else None
        assert found(store).donations.next_position == expected

    def test_totals_stand_by_currency_in_order(self, store: Store) -> None:
        store.keep(a_supporter())
        amounts = [Money(500, "USD"), Money(1299, "GBP"), Money(-299, "GBP"), Money(2**53 + 1, "EUR")]
        store.give(*(donation(number, amount=amount) for number, amount in enumerate(amounts)))

        assert found(store).donations.totals == (Money(2**53 + 1, "EUR"), Money(1000, "GBP"), Money(500, "USD"))

    def test_donations_of_one_minute_are_in_the_order_of_their_ids(self, store: Store) -> None:
        store.keep(a_supporter())
        given = [replace(donation(number), created_at=NOW) for number in (3, 1, 2)]
        store.give(*given)

        ids = [each.donation_id for each in found(store).donations.items]
        assert ids == sorted(ids, reverse=True)

    def test_latest_context_counts_also_from_the_tenth_on(self, store: Store) -> None:
        store.keep(a_supporter())
        store.learn("ada", *(a_context(version) for version in (1, 2, 9, 10, 11)))

        assert found(store).context == a_context(11)

    def test_context_with_nothing_learned_comes_back_as_it_is(self, store: Store) -> None:
        store.keep(a_supporter())
        empty = SupporterContext(version=1, updated_at=NOW)
        store.learn("ada", empty)

        assert found(store).context == empty

    def test_profile_holds_nothing_of_others(self, store: Store) -> None:
        for user_id in ("ad", "ada", "ada1"):
            store.keep(a_supporter(user_id))
        for user_id in ("ad", "ada1"):
            store.give(donation(1, user_id))
            store.learn(user_id, a_context(1))

        profile = found(store, "ada")

        assert profile == Profile(a_supporter("ada"), NO_DONATIONS, SupporterContext())


class TestFakeProfiles(ProfilesContract):
    @pytest.fixture
    def store(self) -> Store:
        return MemoryStore()


@pytest.mark.emulator
@pytest.mark.xdist_group("emulator")
class TestDynamoProfiles(ProfilesContract):
    @pytest.fixture
    def store(self, dynamo: DynamoStore) -> Store:
        return dynamo

    @histories
    def test_profile_costs_one_get_and_three_queries_whatever_the_history(self, store: Store, count: int) -> None:
        store.keep(a_supporter())
        store.give(*(donation(number) for number in range(count)))
        store.learn("ada", *(a_context(version) for version in range(1, count + 1)))

        assert sorted(cost_of(lambda: found(store)).calls) == ["GetItem", "Query", "Query", "Query"]

    def test_profile_costs_no_more_rows_however_long_the_history(self, store: Store) -> None:
        store.keep(a_supporter())
        store.give(*(donation(number) for number in range(45)))
        store.learn("ada", *(a_context(version) for version in range(1, 10)))

        # The supporter, twenty donations, their two totals, one row that tells that a page follows, and one context.
        assert cost_of(lambda: found(store)).rows == 1 + 20 + 2 + 1 + 1

    def test_profiles_read_at_once_do_not_mix(self, store: Store) -> None:
        users = [f"user-{number}" for number in range(12)]
        for user_id in users:
            store.keep(a_supporter(user_id))
            store.give(donation(1, user_id))

        with ThreadPoolExecutor(4) as threads:
            profiles = list(threads.map(lambda user_id: found(store, user_id), users))

        assert [profile.supporter.user_id for profile in profiles] == users
        assert [[each.user_id for each in profile.donations.items] for profile in profiles] == [[u] for u in users]


@pytest.mark.usefixtures("out_of_reach")
def test_tables_out_of_reach_are_unavailable() -> None:
    with pytest.raises(Unavailable):
        DynamoProfiles("unreachable-users", "unreachable-donations", "unreachable-contexts").find("ada", anonymous=True)
    directory = DynamoDirectory("unreachable-directory", "supporters")
    tombstones = DynamoTombstones("unreachable-tombstones")
    with pytest.raises(Unavailable):
        DynamoSupporters("unreachable-users-2", directory, tombstones).add(a_supporter())
