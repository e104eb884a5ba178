"""What whoever keeps prompts must do, in memory and in DynamoDB."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from personalization.prompts.domain.cards import ProjectCards
from personalization.prompts.domain.prompts import PRODUCTION, DeckChangedError
from shared.dynamodb.connection import readers
from shared.errors import NotFound, VersionConflict
from shared.idempotency.claims import FirstAnswer, KeyInUse
from tests.personalization.prompts.contracts.stores import AwsStore, InMemory, OnAws, Store
from tests.personalization.prompts.examples import NOW, a_move, a_project, a_prompt, a_version, next_save
from tests.shared.dynamodb.dynamodb_calls import cost_of

ANSWER = FirstAnswer("record", "hash", "{}", NOW)


class PromptsContract:
    @pytest.fixture(autouse=True)
    def project(self, store: Store) -> None:
        store.projects.add(a_project(), None)

    def test_prompt_is_kept_as_it_is(self, store: Store) -> None:
        prompt = a_prompt()

        store.prompts.add(prompt, a_move(), store.prompts.deck("project-1"), None)

        assert store.prompts.find("project-1", "prompt-1") == prompt
        assert store.prompts.deck("project-1").prompts == (prompt,)
        assert store.prompts.version("prompt-1", 1) == prompt.latest
        assert store.prompts.label_moves("prompt-1", None, 5).items == (a_move(),)

    def test_prompt_of_another_project_is_not_there(self, store: Store) -> None:
        added(store, "prompt-1")

        assert store.prompts.find("project-2", "prompt-1") is None
        assert store.prompts.deck("project-2").prompts == ()
        assert store.prompts.find("project-1", "steps") is None

    def test_prompt_needs_a_project(self, store: Store) -> None:
        with pytest.raises(NotFound):
            store.prompts.add(a_prompt("x", "gone"), a_move(), store.prompts.deck("gone"), None)
        assert store.prompts.find("gone", "x") is None

    def test_prompts_come_in_the_order_of_their_steps(self, store: Store) -> None:
        for prompt_id, step in (("a", 20), ("b", 10), ("c", 20), ("d", 0)):
            prompt = replace(a_prompt(prompt_id), step_order=step)
            store.prompts.add(prompt, a_move(), store.prompts.deck("project-1"), None)

        assert ids(store) == ["d", "b", "a", "c"]

        store.prompts.order(store.prompts.deck("project-1"), {"a": 1, "b": 2, "c": 3, "d": 4})

        assert ids(store) == ["a", "b", "c", "d"]
        assert [prompt.step_order for prompt in store.prompts.deck("project-1").prompts] == [1, 2, 3, 4]
        found = store.prompts.find("project-1", "c")
        assert found
        assert found.step_order == 3

    def test_a_hundred_prompts_are_ordered_in_one_call(self, store: Store) -> None:
        wanted = [f"p{number:03}" for number in range(100)]
        for prompt_id in wanted:
            added(store, prompt_id)

        store.prompts.order(store.prompts.deck("project-1"), {each: n for n, each in enumerate(reversed(wanted))})

        assert ids(store) == wanted[::-1]
        with pytest.raises(DeckChangedError):
            added(store, "one-too-many")

    def test_deck_that_has_moved_is_left_as_it_is(self, store: Store) -> None:
        prompt, empty = a_prompt("a"), store.prompts.deck("project-1")
        added(store, "a")
        before = store.prompts.deck("project-1")

        with pytest.raises(DeckChangedError):
            store.prompts.add(a_prompt("b"), a_move(), empty, None)
        with pytest.raises(DeckChangedError):
            store.prompts.order(empty, {"a": 5})
        with pytest.raises(DeckChangedError):
            store.prompts.remove(prompt, empty)
        with pytest.raises(DeckChangedError):
            store.prompts.move_label(replace(prompt, label_moves=2), a_move(2), empty)

        assert store.prompts.deck("project-1") == before

    def test_prompt_that_includes_others_finds_the_deck_as_it_was_seen_or_stays_out(self, store: Store) -> None:
        added(store, "a")
        seen = store.prompts.deck("project-1")
        added(store, "b")

        with pytest.raises(DeckChangedError):
            store.prompts.add(a_prompt("c", includes=["a"]), a_move(), seen, None)
        store.prompts.add(a_prompt("d"), a_move(), seen, None)

        assert ids(store) == ["a", "b", "d"]

    def test_project_counts_what_changes_the_cards_of_its_runs(self, store: Store) -> None:
        prompt, counted = a_prompt("a"), [cards_version(store)]

        added(store, "a")
        counted.append(cards_version(store))
        store.prompts.save(replace(next_save(prompt), is_active=True))
        assert cards_version(store) == counted[-1], "nothing but the latest version, which no run gets"
        labelled = replace(prompt, label_moves=2, labels={PRODUCTION: 1, "staging": 1})
        store.prompts.move_label(labelled, a_move(2, label="staging"), None)
        assert cards_version(store) == counted[-1]
        store.prompts.move_label(replace(labelled, label_moves=3), a_move(3), store.prompts.deck("project-1"))
        counted.append(cards_version(store))
        store.prompts.save(replace(prompt, latest=a_version(3), is_active=False), is_switched=True)
        counted.append(cards_version(store))
        store.prompts.save(replace(prompt, latest=a_version(4), step_order=9), is_moved=True)
        counted.append(cards_version(store))
        store.prompts.order(store.prompts.deck("project-1"), {"a": 2})
        counted.append(cards_version(store))
        store.prompts.remove(prompt, store.prompts.deck("project-1"))
        counted.append(cards_version(store))

        assert counted == [0, 1, 2, 3, 4, 5, 6]

    def test_change_of_a_project_keeps_the_count(self, store: Store) -> None:
        project = store.projects.find("project-1")
        assert project
        added(store, "a")

        store.projects.replace(replace(project, version=project.version + 1, name="Another"))

        assert cards_version(store) == 1

    def test_save_writes_the_latest_version_and_leaves_labels_and_step(self, store: Store) -> None:
        added(store, "a")
        store.prompts.order(store.prompts.deck("project-1"), {"a": 7})
        saved = replace(next_save(a_prompt("a")), updated_at=NOW + timedelta(hours=1))

        store.prompts.save(saved)

        assert store.prompts.find("project-1", "a") == replace(saved, step_order=7)
        assert store.prompts.version("a", 1) == a_version(1)
        assert store.prompts.version("a", 2) == saved.latest
        assert store.prompts.version("a", 3) is None

    @pytest.mark.parametrize("version", [1, 3])
    def test_save_of_another_version_is_stale(self, store: Store, version: int) -> None:
        added(store, "a")

        with pytest.raises(VersionConflict):
            store.prompts.save(replace(a_prompt("a"), latest=a_version(version)))
        with pytest.raises(VersionConflict):
            store.prompts.save(next_save(a_prompt("gone")))

        assert store.prompts.find("project-1", "a") == a_prompt("a")
        assert [each.version for each in store.prompts.versions("a", None, 5).items] == [1]

    def test_save_moves_the_prompt_to_its_step_with_the_rest_or_not_at_all(self, store: Store) -> None:
        added(store, "a")
        added(store, "b")
        seen = store.prompts.deck("project-1")

        store.prompts.save(replace(next_save(a_prompt("a")), step_order=9), is_moved=True)
        with pytest.raises(VersionConflict):
            store.prompts.save(replace(next_save(a_prompt("a")), step_order=7), is_moved=True)

        deck = store.prompts.deck("project-1")
        assert [(prompt.prompt_id, prompt.step_order) for prompt in deck.prompts] == [("b", 1), ("a", 9)]
        with pytest.raises(DeckChangedError):
            store.prompts.order(seen, {"a": 1, "b": 2})

    def test_moved_label_points_elsewhere_and_is_remembered(self, store: Store) -> None:
        added(store, "a")
        saved = next_save(a_prompt("a"))
        store.prompts.save(saved)

        tested = replace(saved, labels={PRODUCTION: 1, "tested": 2}, label_moves=2)
        store.prompts.move_label(tested, a_move(2, 2, "tested"), None)
        promoted = replace(tested, labels={PRODUCTION: 2, "tested": 2}, label_moves=3, production=saved.latest)
        store.prompts.move_label(promoted, a_move(3, 2), store.prompts.deck("project-1"))

        assert store.prompts.find("project-1", "a") == promoted
        assert store.prompts.label_moves("a", None, 5).items == (a_move(3, 2), a_move(2, 2, "tested"), a_move())

        assert [store.prompts.has_been("a", label, 2) for label in (PRODUCTION, "tested", "x")] == [True, True, False]
        assert store.prompts.has_been("a", PRODUCTION, 1)
        assert not store.prompts.has_been("a", "tested", 1)
        assert not store.prompts.has_been("b", PRODUCTION, 1)

    def test_removed_label_is_in_the_history(self, store: Store) -> None:
        added(store, "a")
        labelled = replace(a_prompt("a"), labels={PRODUCTION: 1, "x": 1}, label_moves=2)
        store.prompts.move_label(labelled, a_move(2, 1, "x"), None)
        removal = replace(a_move(3, 1, "x"), from_version=1, to_version=None)

        store.prompts.move_label(replace(labelled, labels={PRODUCTION: 1}, label_moves=3), removal, None)

        prompt = store.prompts.find("project-1", "a")
        assert prompt
        assert prompt.labels == {PRODUCTION: 1}
        assert store.prompts.label_moves("a", None, 1).items == (removal,)

    def test_label_that_was_moved_in_between_is_stale(self, store: Store) -> None:
        added(store, "a")
        moved = replace(a_prompt("a"), labels={PRODUCTION: 1, "x": 1}, label_moves=2)
        store.prompts.move_label(moved, a_move(2, 1, "x"), None)

        with pytest.raises(VersionConflict):
            store.prompts.move_label(replace(moved, labels={PRODUCTION: 1}), a_move(3), None)
        assert store.prompts.find("project-1", "a") == moved

    def test_history_is_read_page_by_page_the_newest_first(self, store: Store) -> None:
        prompt = a_prompt("a")
        added(store, "a")
        for number in range(2, 13):
            prompt = next_save(prompt)
            store.prompts.save(prompt)
            prompt = replace(prompt, label_moves=prompt.label_moves + 1)
            store.prompts.move_label(prompt, a_move(number), None)

        assert pages(lambda after: store.prompts.versions("a", after, 5)) == [5, 5, 2]
        assert pages(lambda after: store.prompts.label_moves("a", after, 4)) == [4, 4, 4]
        newest = store.prompts.versions("a", None, 3)
        assert [version.version for version in newest.items] == [12, 11, 10]
        following = store.prompts.versions("a", newest.next_position, 3).items
        assert [version.version for version in following] == [9, 8, 7]

    def test_removed_prompt_is_gone_and_makes_room(self, store: Store) -> None:
        added(store, "a")
        added(store, "b")

        store.prompts.remove(a_prompt("a"), store.prompts.deck("project-1"))
        store.prompts.clear("a")

        assert ids(store) == ["b"]
        assert store.prompts.find("project-1", "a") is None
        assert store.prompts.version("a", 1) is None
        assert store.prompts.label_moves("a", None, 5).items == ()
        assert store.prompts.version("b", 1)
        with pytest.raises(VersionConflict):
            store.prompts.save(next_save(a_prompt("a")))

    def test_cleared_deck_has_no_prompts(self, store: Store) -> None:
        added(store, "a")
        added(store, "b")

        store.prompts.clear_deck("project-1")

        deck = store.prompts.deck("project-1")
        assert (deck.prompts, deck.revision) == ((), 0)
        added(store, "c")

    def test_texts_of_all_versions_are_listed(self, store: Store) -> None:
        added(store, "a")
        store.prompts.save(next_save(a_prompt("a"), "other"))

        assert store.prompts.text_ids("a") == {"text", "other"}
        assert store.prompts.text_ids("b") == frozenset()

    def test_first_answer_stands_and_falls_with_the_prompt(self, store: Store) -> None:
        store.prompts.add(a_prompt("a"), a_move(), store.prompts.deck("project-1"), ANSWER)

        assert store.first_answers.find("record", NOW) == ANSWER
        with pytest.raises(KeyInUse):
            store.prompts.add(a_prompt("b"), a_move(), store.prompts.deck("project-1"), ANSWER)
        assert ids(store) == ["a"]

    def test_prompts_added_at_once_all_get_in(self, store: Store) -> None:
        added(store, "first")
        seen = store.prompts.deck("project-1")

        with ThreadPoolExecutor(6) as pool:
            list(pool.map(lambda n: store.prompts.add(a_prompt(f"p{n}"), a_move(), seen, None), range(6)))

        assert len(ids(store)) == 7

    def test_only_one_of_several_saves_at_once_gets_a_version(self, store: Store) -> None:
        added(store, "a")

        def save(number: int) -> bool:
            try:
                store.prompts.save(next_save(a_prompt("a"), f"text-{number}"))
            except VersionConflict:
                return False
            return True

        with ThreadPoolExecutor(5) as pool:
            written = list(pool.map(save, range(5)))

        found = store.prompts.find("project-1", "a")
        assert written.count(True) == 1
        assert found
        assert found.latest.text_id == f"text-{written.index(True)}"
        assert store.prompts.version("a", 2) == found.latest


class TestPromptsInMemory(InMemory, PromptsContract): ...


@pytest.mark.emulator
@pytest.mark.xdist_group("emulator")
class TestPromptsOnAws(OnAws, PromptsContract):
    def test_reading_costs_one_call_each(self, store: AwsStore) -> None:
        added(store, "a")

        assert cost_of(lambda: store.projects.find("project-1")).calls == ["GetItem"]
        assert cost_of(lambda: store.prompts.find("project-1", "a")).calls == ["BatchGetItem"]
        assert cost_of(lambda: store.prompts.deck("project-1")).calls == ["Query"]
        assert cost_of(lambda: store.projects.page("olga", None, 5)).calls == ["Query", "BatchGetItem"]

    def test_cards_cost_a_query_after_each_change_and_nothing_otherwise(
        self, store: AwsStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cards = ProjectCards(store.prompts, store.texts, readers)

        def start() -> list[str]:
            def find() -> None:
                project = store.projects.find("project-1")
                assert project
                cards.production(project)

            return list(cost_of(find).calls)

        assert start() == ["GetItem", "Query"]
        assert start() == ["GetItem"]
        added(store, "a")
        monkeypatch.setattr(store.texts, "read", lambda *_: "Write.")
        assert start() == ["GetItem", "Query"]
        assert start() == ["GetItem"]


def added(store: Store, prompt_id: str) -> None:
    store.prompts.add(a_prompt(prompt_id), a_move(), store.prompts.deck("project-1"), None)


def cards_version(store: Store) -> int:
    project = store.projects.find("project-1")
    assert project
    return project.cards_version


def ids(store: Store) -> list[str]:
    return [prompt.prompt_id for prompt in store.prompts.deck("project-1").prompts]


def pages(page: Callable[[str | None], object]) -> list[int]:
    """How many items each page has."""
    found: list[int] = []
    after: str | None = None
    while not found or after:
        got = page(after)
        found.append(len(got.items))  # type: ignore[attr-defined]  # both kinds of page have them
        after = got.next_position  # type: ignore[attr-defined]
    return found
