"""GET /supporters: who finds whom, and by what."""

import unicodedata
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personalization.supporters import wiring
from personalization.supporters.domain.supporter import Supporter
from personalization.supporters.handlers.find_supporters import handler
from shared.http.cursors import Cursors
from shared.people.finding import MAX_TERMS, is_found, terms_of, words_of
from shared.people.person import Person
from tests.personalization.calls import Answer, called
from tests.personalization.examples import NOW
from tests.personalization.fakes import FakeDirectory, FakeSupporters

PEOPLE = {"ada": "Ada Lovelace", "ben": "Ben Müller", "cai": "किताब कुतुब"}


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, edge: None) -> None:  # noqa: ARG001
    supporters = FakeSupporters(
        *(
            Supporter(user_id=user_id, name=name, email=f"{user_id}@example.org", created_at=NOW)
            for user_id, name in PEOPLE.items()
        )
    )
    monkeypatch.setattr(wiring, "directory", lambda: FakeDirectory(supporters))
    monkeypatch.setattr(wiring, "cursors", lambda: Cursors("a key for tests"))


def find(query: Mapping[str, str], groups: str | None = "staff") -> Answer:
    return called(handler, "sue", groups=groups, query=query, resource="/supporters", method="GET")


def test_staff_find_supporters_by_name_and_address() -> None:
    answer = find({"q": "love"})

    assert answer.status == 200
    ada = {"userId": "ada", "name": "Ada Lovelace", "email": "ada@example.org"}
    assert answer.json == {"items": [ada], "nextCursor": None}
    assert find({"q": "ada@"}).json["items"] == [ada]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?", []),
        ("@", []),
        ("muller", ["ben"]),
        ("MÜLL", ["ben"]),
        ("किता", ["cai"]),
        ("कु", ["cai"]),
        ("कित्", []),
        ("ben ada", []),
    ],
)
def test_case_and_accents_do_not_count_and_marks_of_other_scripts_do(query: str, found: list[str]) -> None:
    assert [item["userId"] for item in find({"q": query}).json["items"]] == found


def test_without_words_everybody_is_listed_page_by_page() -> None:
    first = find({"limit": "2"}).json
    rest = find({"limit": "2", "cursor": first["nextCursor"]}).json

    assert [item["userId"] for item in first["items"] + rest["items"]] == ["ada", "ben", "cai"]
    assert find({"q": "ada", "cursor": first["nextCursor"]}).status == 400, "a cursor belongs to its words"


def test_supporters_find_nobody() -> None:
    assert find({"q": "ada"}, None).status == 403


@given(st.text(max_size=100), st.emails(), st.data())
def test_everybody_is_found_by_what_each_of_their_words_begins_with(name: str, email: str, data: st.DataObject) -> None:
    person = Person("ada", name, email)
    words = words_of(unicodedata.normalize("NFC", name).replace("@", " "))[: MAX_TERMS - 1]
    assert is_found(person, words)
    assert len(terms_of(person)) <= MAX_TERMS
    if words:
        word = data.draw(st.sampled_from(words))
        assert is_found(person, [word[: data.draw(st.integers(1, len(word)))]])
