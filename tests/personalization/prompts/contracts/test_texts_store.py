"""What whoever keeps prompts' texts must do, in memory and in S3."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from tests.personalization.prompts.contracts.stores import AwsStore, InMemory, OnAws, Store


class TextsContract:
    def test_each_text_is_kept_for_itself(self, store: Store) -> None:
        texts = ["first", "é👟\r\n\u2028", "x" * 20_000]

        text_ids = [store.texts.keep("p", "a", text) for text in texts]

        assert [store.texts.read("p", "a", text_id) for text_id in text_ids] == texts
        assert len(set(text_ids)) == 3

    def test_text_of_another_prompt_is_not_read(self, store: Store) -> None:
        text_id = store.texts.keep("p", "a", "secret")
        store.texts.keep("p", "b", "other")

        with pytest.raises(LookupError):
            store.texts.read("p", "b", text_id)

    def test_cleared_texts_are_gone_and_no_others(self, store: Store) -> None:
        gone = store.texts.keep("p", "a", "1")
        stays, other = store.texts.keep("p", "a2", "2"), store.texts.keep("p2", "a", "3")

        store.texts.clear("p", "a")

        with pytest.raises(LookupError):
            store.texts.read("p", "a", gone)
        assert (store.texts.read("p", "a2", stays), store.texts.read("p2", "a", other)) == ("2", "3")

        store.texts.clear_project("p")
        assert [text.project_id for text in store.texts.kept()] == ["p2"]

    def test_all_texts_are_found_with_their_time(self, store: Store) -> None:
        before = datetime.now(UTC) - timedelta(seconds=2)
        kept = {store.texts.keep(project, prompt, "x") for project in ("p", "q") for prompt in ("a", "b") for _ in "12"}

        found = list(store.texts.kept())

        assert {text.text_id for text in found} == kept
        assert [(text.project_id, text.prompt_id) for text in found] == [
            (project, prompt) for project in ("p", "q") for prompt in ("a", "b") for _ in "12"
        ]
        assert all(before <= text.kept_at <= datetime.now(UTC) + timedelta(seconds=2) for text in found)

    def test_removed_texts_are_gone_and_may_be_removed_again(self, store: Store) -> None:
        store.texts.keep("p", "a", "1")
        stays = store.texts.keep("p", "a", "2")
        gone = [text for text in store.texts.kept() if text.text_id != stays]

        store.texts.remove(gone)
        store.texts.remove(gone)
        store.texts.remove([])

        assert [text.text_id for text in store.texts.kept()] == [stays]


class TestTextsInMemory(InMemory, TextsContract): ...


@pytest.mark.emulator
@pytest.mark.xdist_group("emulator")
class TestTextsOnAws(OnAws, TextsContract):
    def test_texts_of_more_than_one_page_are_found_and_removed(self, store: AwsStore) -> None:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda n: store.texts.keep("p", f"prompt-{n % 10}", "x"), range(1_010)))

        assert len(list(store.texts.kept())) == 1_010
        store.texts.clear_project("p")
        assert list(store.texts.kept()) == []
