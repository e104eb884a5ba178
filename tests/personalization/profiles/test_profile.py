from dataclasses import FrozenInstanceError

import pytest

from personalization.profiles.domain.profile import Profile, read_profile
from personalization.supporters.domain.supporter import Supporter, register
from shared.auth.callers import Caller
from shared.errors import NotFound
from tests.personalization.examples import NOW, a_supporter, donation
from tests.personalization.fakes import FakeProfiles, FakeSupporters

ADA = Caller("ada")
STAFF = Caller("staff-1", frozenset({"staff"}))
ADMIN = Caller("admin-1", frozenset({"admin"}))


@pytest.fixture
def profiles() -> FakeProfiles:
    fake = FakeProfiles(FakeSupporters(a_supporter("ada"), a_supporter("bob")))
    fake.donations["ada"].append(donation(1))
    return fake


def test_supporter_reads_their_own_record_giving_and_context(profiles: FakeProfiles) -> None:
    profile = read_profile(ADA, "ada", profiles)

    assert profile.supporter == a_supporter("ada")
    assert profile.donations.items == (donation(1),)
    assert profile.context.version == 0


@pytest.mark.parametrize("caller", [STAFF, ADMIN])
def test_staff_read_every_supporter(profiles: FakeProfiles, caller: Caller) -> None:
    assert read_profile(caller, "bob", profiles).supporter == a_supporter("bob")


@pytest.mark.parametrize("user_id", ["bob", "nobody"])
def test_supporter_cannot_read_another_supporter(profiles: FakeProfiles, user_id: str) -> None:
    with pytest.raises(NotFound, match=r"^There is no such supporter\.$"):
        read_profile(ADA, user_id, profiles)


def test_data_of_another_supporter_is_not_even_read() -> None:
    class UntouchableProfiles:
        def find(self, user_id: str, *, anonymous: bool) -> Profile | None:  # noqa: ARG002
            raise AssertionError(f"read {user_id}")

    with pytest.raises(NotFound):
        read_profile(ADA, "bob", UntouchableProfiles())


@pytest.mark.parametrize("caller", [Caller("nobody"), STAFF])
def test_supporter_who_does_not_exist_is_not_found(profiles: FakeProfiles, caller: Caller) -> None:
    with pytest.raises(NotFound, match=r"^There is no such supporter\.$"):
        read_profile(caller, "nobody", profiles)


def test_registering_twice_makes_one_supporter() -> None:
    supporters = FakeSupporters()

    assert register("ada", "Ada", "ada@example.org", NOW, supporters) is True
    assert register("ada", "Somebody Else", "else@example.org", NOW, supporters) is False
    assert supporters.by_id == {"ada": Supporter(user_id="ada", name="Ada", email="ada@example.org", created_at=NOW)}


def test_supporter_cannot_be_changed_in_place() -> None:
    with pytest.raises(FrozenInstanceError):
        a_supporter().name = "Another"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("caller", "sees"),
    [(ADA, True), (ADMIN, True), (Caller("finance-1", frozenset({"finance"})), True), (STAFF, False)],
)
def test_anonymous_gifts_are_for_the_donor_and_finance_staff(
    profiles: FakeProfiles, caller: Caller, sees: bool
) -> None:
    profiles.donations["ada"].append(donation(3))

    donations = read_profile(caller, "ada", profiles).donations

    assert len(donations.items) == (2 if sees else 1)
    assert [total.amount for total in donations.totals] == [1001 + 1003 if sees else 1001]
