import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.errors import AlmonerError, Malformed
from shared.json.strict import MAX_DEPTH, parse_json

LONGEST_NUMBER = 4300  # digits that Python turns into an int

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
    max_leaves=20,
)


def nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


# --- What is read


@given(values, st.booleans())
def test_any_json_value_is_read_as_it_was_written(value: object, is_escaped: bool) -> None:
    assert parse_json(json.dumps(value, ensure_ascii=is_escaped).encode()) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": {"a": 1}, "b": [{"a": 2}, {"a": 3}]}', {"a": {"a": 1}, "b": [{"a": 2}, {"a": 3}]}),
        ('{"a": 1, "A": 2}', {"a": 1, "A": 2}),
        (r'"\ud83d\ude00"', "😀"),
        (r'"\u0000"', "\0"),
        (r'"\\\"[{"', r"\"[{"),
        (" \t\r\n7\n", 7),
        ("1E+2", 100.0),
        ('"NaN"', "NaN"),
        ("1" * LONGEST_NUMBER, int("1" * LONGEST_NUMBER)),
    ],
    ids=lambda value: str(value)[:20],
)
def test_ordinary_json_is_read(text: str, value: object) -> None:
    assert parse_json(text.encode()) == value


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_body_may_be_nested_as_deep_as_the_limit_and_no_deeper(opening: str) -> None:
    closing = "]" if opening == "[" else "}"

    def body(depth: int) -> bytes:
        return (opening * depth + "1" + closing * depth).encode()

    assert parse_json(body(MAX_DEPTH))
    with pytest.raises(Malformed, match="too deeply"):
        parse_json(body(MAX_DEPTH + 1))


def test_many_shallow_values_beside_each_other_are_not_deep() -> None:
    assert parse_json(b"[" + b",".join([b"[[]]"] * 1000) + b"]") == [[[]]] * 1000


@given(st.text(alphabet='[]{}"\\,:a', max_size=200))
def test_brackets_in_texts_do_not_count_as_depth(text: str) -> None:
    assert parse_json(json.dumps([text * 40]).encode()) == [text * 40]


# --- What is refused


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b"}",
        b"]]",
        b"[1,]",
        b"{'a': 1}",
        b'{"a" 1}',
        b'{"a": 1} {"b": 2}',
        b"nul",
        b"0x10",
        b"01",
        b"1.",
        b"+1",
        b'"a',
        b'"\n"',
        b'"\x00"',
        rb'"\x41"',
        rb'"\u12"',
        b"// no\n1",
        b"\xef\xbb\xbf{}",
    ],
    ids=repr,
)
def test_what_is_not_json_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed):
        parse_json(body)


@pytest.mark.parametrize("body", [b"NaN", b'{"a": NaN}', b"[Infinity]", b"-Infinity"])
def test_numbers_that_json_does_not_have_are_refused(body: bytes) -> None:
    with pytest.raises(Malformed, match="not valid JSON"):
        parse_json(body)


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("digits", [LONGEST_NUMBER + 1, 60_000])
def test_number_of_thousands_of_digits_is_refused(sign: str, digits: int) -> None:
    with pytest.raises(Malformed):
        parse_json(f'{{"amount": {sign}{"9" * digits}}}'.encode())


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": 1, "a": 2}',
        b'{"a": 1, "a": 1}',
        rb'{"a": 1, "\u0061": 2}',
        b'{"b": [{"c": {"a": null, "x": 0, "a": null}}]}',
        b'{"": 1, "": 2}',
    ],
)
def test_name_twice_in_one_object_is_refused_at_any_depth(body: bytes) -> None:
    with pytest.raises(Malformed, match="two members"):
        parse_json(body)


@pytest.mark.parametrize(
    "body",
    [rb'"\ud800"', rb'"\udc00"', rb'"\ude00\ud83d"', rb'{"\udfff": 1}', rb'{"a": ["x", {"b": "y\uD83D"}]}'],
    ids=repr,
)
def test_half_a_surrogate_pair_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed, match="surrogate"):
        parse_json(body)


@pytest.mark.parametrize(
    "body", [b'"\xff"', b'"\xc0\x80"', b'"\xed\xa0\x80"', b'"\xf5\x80\x80\x80"', b'"\xe4\xbd', '"é"'.encode("latin-1")]
)
def test_what_is_not_utf_8_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed, match="UTF-8"):
        parse_json(body)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "utf-8-sig"])
def test_other_encodings_and_byte_order_marks_are_refused(encoding: str) -> None:
    with pytest.raises(Malformed):
        parse_json('{"a": "é"}'.encode(encoding))


@pytest.mark.parametrize(
    "body",
    [nested(100_000), b"[" * 100_000, b'{"a":' * 100_000, b'[{"a":' * 50_000 + b'"', b'"]]]"' + b"[" * 100_000],
    ids=["closed", "open lists", "open objects", "both", "after a text"],
)
def test_deep_nesting_is_refused_before_it_can_exhaust_the_stack(body: bytes) -> None:
    with pytest.raises(Malformed, match="too deeply"):
        parse_json(body)


@pytest.mark.parametrize(
    "body",
    [b'"\\' * 32_768, b'"' + b"\\" * 65_535, b'"' * 65_536, b'"a' * 32_768, b'"\\"' * 21_845, b"]" * 65_536],
    ids=["quote, backslash", "backslashes", "quotes", "quote, letter", "escaped quotes", "closing"],
)
def test_reading_ends_also_on_text_made_to_be_slow(body: bytes) -> None:
    with pytest.raises(Malformed):
        parse_json(body)


@given(st.binary(max_size=300) | st.text(alphabet='[]{}":,\\ud8dcNaIfntrlse01-.', max_size=300).map(str.encode))
@example(b'{"\\ud800": NaN')
@example(b"[" * 33 + b'"\xff')
def test_hostile_bytes_are_refused_in_one_way_only(body: bytes) -> None:
    try:
        parse_json(body)
    except AlmonerError as error:
        assert type(error) is Malformed  # noqa: PT017  that nothing is raised is fine too


def test_refusal_never_repeats_the_body() -> None:
    for body in (b'{"secret": 1, "secret": 2}', b'{"secret', b'["secret\xff"]', rb'["secret", "\ud800"]', b"[secret]"):
        with pytest.raises(Malformed) as refusal:
            parse_json(body)

        assert "secret" not in refusal.value.detail


@pytest.mark.parametrize("body", [b"1e999", b'{"a": [-1E+400]}'])
def test_number_that_becomes_infinite_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed):
        parse_json(body)
