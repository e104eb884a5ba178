"""What whoever keeps supporters must do, in memory and in DynamoDB."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from personalization.supporters.domain.supporter import Supporter
from shared.errors import VersionConflict
from shared.people.finding import words_of
from tests.personalization.examples import NOW, a_supporter
from tests.personalization.stores import DynamoStore, MemoryStore, Store


class SupportersContract:
    def test_new_supporter_is_kept_as_they_are(self, store: Store) -> None:
        assert store.supporters.add(a_supporter()) is True

        profile = store.profiles.find("ada", anonymous=True)
        assert profile
        assert profile.supporter == a_supporter()

    def test_supporter_without_details_is_kept_as_they_are(self, store: Store) -> None:
        newcomer = Supporter(user_id="ada", name="", email="ada@example.org", created_at=NOW)

        assert store.supporters.add(newcomer) is True

        profile = store.profiles.find("ada", anonymous=True)
        assert profile
        assert profile.supporter == newcomer

    def test_existing_supporter_is_never_overwritten(self, store: Store) -> None:
        store.supporters.add(a_supporter())
        late = Supporter(user_id="ada", name="Another Name", email="another@example.org", created_at=NOW)

        assert store.supporters.add(late) is False

        profile = store.profiles.find("ada", anonymous=True)
        assert profile
        assert profile.supporter == a_supporter()

    def test_supporters_do_not_get_into_each_others_way(self, store: Store) -> None:
        assert store.supporters.add(a_supporter("ada"))
        assert store.supporters.add(a_supporter("bob"))

        profile = store.profiles.find("bob", anonymous=True)
        assert profile
        assert profile.supporter.email == "bob@example.org"

    def test_next_version_replaces_the_one_before(self, store: Store) -> None:
        store.supporters.add(a_supporter())
        changed = replace(a_supporter(), name="Ada L.", version=8)

        store.supporters.replace(changed, a_supporter())

        profile = store.profiles.find("ada", anonymous=True)
        assert profile
        assert profile.supporter == changed

    def test_changed_address_is_kept_and_found(self, store: Store) -> None:
        store.supporters.add(a_supporter())
        changed = replace(a_supporter(), email="new@example.org", email_version=4, version=8)

        store.supporters.replace(changed, a_supporter())

        assert store.supporters.find("ada") == changed
        assert (found(store, "new@example"), found(store, "ada@example")) == (["ada"], [])
        assert store.supporters.find("nobody") is None
        assert not store.supporters.was_erased("ada")

    @pytest.mark.parametrize("version", [1, 7, 9])
    def test_any_other_version_replaces_nothing(self, store: Store, version: int) -> None:
        store.supporters.add(a_supporter())

        with pytest.raises(VersionConflict):
            store.supporters.replace(replace(a_supporter(), name="Ada L.", version=version), a_supporter())

        profile = store.profiles.find("ada", anonymous=True)
        assert profile
        assert profile.supporter == a_supporter()

    def test_supporter_is_found_once_by_each_word_of_name_and_address(self, store: Store) -> None:
        store.supporters.add(named("ada", "Ada Lovelace-Byron", "ada.l@example.org"))
        store.supporters.add(named("bob", "Bob", "bob@example.org"))

        for query in ("a", "ada", "LOVE", "byron ada", "l", "ada.l@example", "ada l"):
            assert found(store, query) == ["ada"], query
        assert found(store, "") == ["ada", "bob"]
        for query in ("lovelacebyron", "ada bob", "example.org", "x", "ada.l@example.com"):
            assert found(store, query) == [], query

    def test_supporter_is_found_by_the_name_that_they_have_now(self, store: Store) -> None:
        before = named("ada", "Ada Lovelace", "ada@example.org")
        store.supporters.add(before)
        store.supporters.replace(replace(before, name="Ada King", version=2), before)

        assert (found(store, "king"), found(store, "lovelace"), found(store, "ada")) == (["ada"], [], ["ada"])
        with pytest.raises(VersionConflict):
            store.supporters.replace(replace(before, name="Ada Byron", version=2), before)
        assert found(store, "byron") == []
        assert [person.name for person in store.directory.page(("ada",), None, 5).items] == ["Ada King"]

    def test_many_are_found_page_by_page(self, store: Store) -> None:
        everybody = [f"user-{number:02}" for number in range(12)]
        for user_id in everybody:
            store.supporters.add(named(user_id, "Rosa Rosales", f"rosa.{user_id}@example.org"))

        pages, after = list[list[str]](), None
        while not pages or after:
            page = store.directory.page(("ros",), after, 5)
            pages.append([person.user_id for person in page.items])
            after = page.next_position

        assert [len(each) for each in pages] == [5, 5, 2]
        assert sorted(user_id for each in pages for user_id in each) == everybody

    def test_nobody_is_made_by_replacing(self, store: Store) -> None:
        with pytest.raises(VersionConflict):
            store.supporters.replace(replace(a_supporter(), version=1), a_supporter())


def named(user_id: str, name: str, email: str) -> Supporter:
    return Supporter(user_id=user_id, name=name, email=email, created_at=NOW)


def found(store: Store, query: str) -> list[str]:
    page = store.directory.page(words_of(query), None, 10)
    assert page.next_position is None
    return [person.user_id for person in page.items]


class TestFakeSupporters(SupportersContract):
    @pytest.fixture
    def store(self) -> Store:
        return MemoryStore()


@pytest.mark.emulator
@pytest.mark.xdist_group("emulator")
class TestDynamoSupporters(SupportersContract):
    @pytest.fixture
    def store(self, dynamo: DynamoStore) -> Store:
        return dynamo

    def test_only_one_of_many_at_once_is_kept(self, store: Store) -> None:
        rivals = [replace(a_supporter(), name=f"rival {number}") for number in range(8)]

        with ThreadPoolExecutor(8) as threads:
            added = list(threads.map(store.supporters.add, rivals))

        profile = store.profiles.find("ada", anonymous=True)
        assert profile
        assert [profile.supporter] == [rival for rival, is_added in zip(rivals, added, strict=True) if is_added]
