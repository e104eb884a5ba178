import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shared.errors import Malformed
from shared.http.cursors import Cursors

scopes = st.text(min_size=1)
any_text_and_no_text = st.text(st.characters(exclude_categories=()))

CURSORS = Cursors("a key for tests")


@given(scopes, st.text())
def test_position_comes_back(scope: str, position: str) -> None:
    assert CURSORS.read(scope, CURSORS.make(scope, position)) == position


def test_end_of_a_list_has_no_cursor() -> None:
    assert CURSORS.make("donations:1", None) is None


def test_no_cursor_means_the_first_page() -> None:
    assert CURSORS.read("donations:1", None) is None


@given(scopes, scopes, st.text())
def test_cursor_of_another_list_is_refused(scope: str, other: str, position: str) -> None:
    assume(scope != other)

    with pytest.raises(Malformed):
        CURSORS.read(other, CURSORS.make(scope, position))


@given(scopes, st.text())
def test_cursor_of_another_hand_is_refused(scope: str, position: str) -> None:
    with pytest.raises(Malformed):
        CURSORS.read(scope, Cursors("another key for tests").make(scope, position))


@given(scopes, any_text_and_no_text)
def test_garbage_is_refused(scope: str, garbage: str) -> None:
    with pytest.raises(Malformed):
        CURSORS.read(scope, garbage)


def test_refusal_names_the_field_and_not_the_position() -> None:
    with pytest.raises(Malformed) as refusal:
        CURSORS.read("donations:1", CURSORS.make("donations:2", "secret position"))

    [error] = refusal.value.errors
    assert error.field == "cursor"
    assert "secret" not in f"{refusal.value.detail} {error.message}"
