import base64

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shared.auth.seals import BrokenSeal, Seals

scopes = st.text(min_size=1)
texts = st.text()
# HMAC pads a short key with zero bytes, so "k" and "k\0" are one key: real keys are printable.
keys = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=16, max_size=64)
any_text_and_no_text = st.text(st.characters(exclude_categories=()))

SEALS = Seals("a key for tests")


def decoded(seal: str) -> bytes:
    return base64.urlsafe_b64decode(seal + "=" * (-len(seal) % 4))


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@given(keys, scopes, texts)
def test_text_comes_back(key: str, scope: str, text: str) -> None:
    assert Seals(key).read(scope, Seals(key).make(scope, text)) == text


@given(scopes, texts)
def test_seal_fits_into_a_url_as_it_is(scope: str, text: str) -> None:
    assert SEALS.make(scope, text).replace("-", "a").replace("_", "a").isalnum()


@given(scopes, scopes, texts)
def test_seal_for_another_use_is_refused(scope: str, other: str, text: str) -> None:
    assume(scope != other)

    with pytest.raises(BrokenSeal):
        SEALS.read(other, SEALS.make(scope, text))


@given(keys, keys, scopes, texts)
def test_seal_made_with_another_key_is_refused(key: str, other: str, scope: str, text: str) -> None:
    assume(key != other)

    with pytest.raises(BrokenSeal):
        Seals(other).read(scope, Seals(key).make(scope, text))


@given(scopes, texts, st.data())
def test_change_of_any_byte_is_refused(scope: str, text: str, data: st.DataObject) -> None:
    content = bytearray(decoded(SEALS.make(scope, text)))
    index = data.draw(st.integers(0, len(content) - 1))
    content[index] ^= data.draw(st.integers(1, 255))

    with pytest.raises(BrokenSeal):
        SEALS.read(scope, encoded(bytes(content)))


@given(scopes, texts, st.data())
def test_truncated_seal_is_refused(scope: str, text: str, data: st.DataObject) -> None:
    seal = SEALS.make(scope, text)

    with pytest.raises(BrokenSeal):
        SEALS.read(scope, seal[: data.draw(st.integers(0, len(seal) - 1))])


@given(scopes, texts, st.binary(min_size=1))
def test_lengthened_seal_is_refused(scope: str, text: str, more: bytes) -> None:
    content = decoded(SEALS.make(scope, text))

    with pytest.raises(BrokenSeal):
        SEALS.read(scope, encoded(content + more))
    with pytest.raises(BrokenSeal):
        SEALS.read(scope, encoded(more + content))


@given(scopes, texts, st.sampled_from(" \n\t!%.~é\0"), st.data())
def test_seal_with_foreign_characters_in_it_is_refused(
    scope: str, text: str, foreign: str, data: st.DataObject
) -> None:
    seal = SEALS.make(scope, text)
    index = data.draw(st.integers(0, len(seal)))

    with pytest.raises(BrokenSeal):
        SEALS.read(scope, seal[:index] + foreign + seal[index:])


@given(scopes, any_text_and_no_text)
def test_garbage_is_refused(scope: str, garbage: str) -> None:
    with pytest.raises(BrokenSeal):
        SEALS.read(scope, garbage)


@given(scopes, st.binary())
def test_garbage_in_the_alphabet_of_seals_is_refused(scope: str, garbage: bytes) -> None:
    with pytest.raises(BrokenSeal):
        SEALS.read(scope, encoded(garbage))


@given(scope=st.text(), text=st.text(min_size=1))
def test_another_spelling_of_a_seal_is_refused(scope: str, text: str) -> None:
    seal = SEALS.make(scope, text)
    for other in {seal + "=", seal + "==", seal.replace("-", "+"), seal.replace("_", "/")} - {seal}:
        with pytest.raises(BrokenSeal):
            SEALS.read(scope, other)
