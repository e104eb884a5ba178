import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.text.encodings import decoded, is_charset

TEXT = "Café £5 – “tea”"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_what_spreadsheets_save_is_read(encoding: str) -> None:
    assert decoded(TEXT.encode(encoding)) == TEXT


@pytest.mark.parametrize(
    ("charset", "encoding"),
    [("UTF-8", "utf-8"), ("windows-1252", "cp1252"), ("iso-8859-1", "cp1252"), ("utf-16le", "utf-16-le")],
)
def test_what_the_sender_says_counts(charset: str, encoding: str) -> None:
    assert is_charset(charset)
    assert decoded(TEXT.encode(encoding), charset) == TEXT
    assert decoded(TEXT.encode("utf-8-sig"), charset) == TEXT


def test_text_in_utf_8_with_a_slip_is_not_taken_for_another_encoding() -> None:
    assert decoded("Café".encode() + b"\xe9") == "Café\ufffd"
    assert decoded(b"Caf\xe9", "utf-8") == "Caf\ufffd"


def test_what_windows_1252_does_not_have_is_marked() -> None:
    assert decoded(b"a\x81\xe9") == "a\ufffdé"


@given(st.binary(max_size=50), st.sampled_from(["", "utf-8", "utf-16", "windows-1252"]))
def test_any_bytes_are_some_text(content: bytes, charset: str) -> None:
    decoded(content, charset).encode()


@given(st.text(max_size=50))
def test_utf_8_is_never_mistaken(text: str) -> None:
    content = text.encode()
    if not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        assert decoded(content) == text.removeprefix("\ufeff")
