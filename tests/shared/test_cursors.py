import base64

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shared.cursors import Cursors
from shared.errors import Malformed

scopes = st.text(min_size=1)
positions = st.text()
# HMAC pads a short key with zero bytes, so "k" and "k\0" are one key: real keys are printable.
keys = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=16, max_size=64)
any_text_and_no_text = st.text(st.characters(exclude_categories=()))

CURSORS = Cursors("a key for tests")


def made(scope: str, position: str, cursors: Cursors = CURSORS) -> str:
    cursor = cursors.make(scope, position)
    assert cursor is not None
    return cursor


def decoded(cursor: str) -> bytes:
    return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@given(keys, scopes, positions)
def test_position_comes_back(key: str, scope: str, position: str) -> None:
    assert Cursors(key).read(scope, made(scope, position, Cursors(key))) == position


@given(scopes, positions)
def test_cursor_fits_into_a_url_as_it_is(scope: str, position: str) -> None:
    assert made(scope, position).replace("-", "a").replace("_", "a").isalnum()


def test_end_of_a_list_has_no_cursor() -> None:
    assert CURSORS.make("donations:1", None) is None


def test_no_cursor_means_the_first_page() -> None:
    assert CURSORS.read("donations:1", None) is None


@given(scopes, scopes, positions)
def test_cursor_of_another_list_is_refused(scope: str, other: str, position: str) -> None:
    assume(scope != other)

    with pytest.raises(Malformed):
        CURSORS.read(other, made(scope, position))


@given(keys, keys, scopes, positions)
def test_cursor_signed_with_another_key_is_refused(key: str, other: str, scope: str, position: str) -> None:
    assume(key != other)

    with pytest.raises(Malformed):
        Cursors(other).read(scope, made(scope, position, Cursors(key)))


@given(scopes, positions, st.data())
def test_change_of_any_byte_is_refused(scope: str, position: str, data: st.DataObject) -> None:
    content = bytearray(decoded(made(scope, position)))
    index = data.draw(st.integers(0, len(content) - 1))
    content[index] ^= data.draw(st.integers(1, 255))

    with pytest.raises(Malformed):
        CURSORS.read(scope, encoded(bytes(content)))


@given(scopes, positions, st.data())
def test_truncated_cursor_is_refused(scope: str, position: str, data: st.DataObject) -> None:
    cursor = made(scope, position)

    with pytest.raises(Malformed):
        CURSORS.read(scope, cursor[: data.draw(st.integers(0, len(cursor) - 1))])


@given(scopes, positions, st.binary(min_size=1))
def test_lengthened_cursor_is_refused(scope: str, position: str, more: bytes) -> None:
    content = decoded(made(scope, position))

    with pytest.raises(Malformed):
        CURSORS.read(scope, encoded(content + more))
    with pytest.raises(Malformed):
        CURSORS.read(scope, encoded(more + content))


@given(scopes, positions, st.sampled_from(" \n\t!%.~é\0"), st.data())
def test_cursor_with_foreign_characters_in_it_is_refused(
    scope: str, position: str, foreign: str, data: st.DataObject
) -> None:
    cursor = made(scope, position)
    index = data.draw(st.integers(0, len(cursor)))

    with pytest.raises(Malformed):
        CURSORS.read(scope, cursor[:index] + foreign + cursor[index:])


@given(scopes, any_text_and_no_text)
def test_garbage_is_refused(scope: str, garbage: str) -> None:
    with pytest.raises(Malformed):
        CURSORS.read(scope, garbage)


@given(scopes, st.binary())
def test_garbage_in_the_alphabet_of_cursors_is_refused(scope: str, garbage: bytes) -> None:
    with pytest.raises(Malformed):
        CURSORS.read(scope, encoded(garbage))


def test_refusal_names_the_field_and_not_the_position() -> None:
    with pytest.raises(Malformed) as refusal:
        CURSORS.read("donations:1", made("donations:2", "secret position"))

    [error] = refusal.value.errors
    assert error.field == "cursor"
    assert "secret" not in f"{refusal.value.detail} {error.message}"


@given(scope=st.text(), position=st.text(min_size=1))
def test_another_spelling_of_a_cursor_is_refused(scope: str, position: str) -> None:
    cursor = made(scope, position)
    for other in {cursor + "=", cursor + "==", cursor.replace("-", "+"), cursor.replace("_", "/")} - {cursor}:
        with pytest.raises(Malformed):
            CURSORS.read(scope, other)
