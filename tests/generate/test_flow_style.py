"""Templates are read and compared: no line is long, repeated values are written once, and YAML reads what was meant."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samcli.yamlhelper import yaml_parse

from generate.flow_style import MAX_CHARACTERS, property_lines

words = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=30)
texts = st.lists(words, min_size=1, max_size=20).map(" ".join) | st.sampled_from(
    ["no", "1", "a: b", "{}", "it's", '{"a": "b, c"}']
)
names = st.from_regex(r"[A-Za-z][A-Za-z0-9]{0,20}", fullmatch=True)
values = st.recursive(
    texts | st.integers() | st.booleans(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(names, inner, max_size=5),
    max_leaves=20,
)


def lines(value: dict[str, Any]) -> list[str]:
    return list(property_lines("Models", value, 6))


@given(st.dictionaries(names, values, min_size=1, max_size=5))
def test_yaml_reads_what_was_written(value: dict[str, Any]) -> None:
    assert yaml_parse("\n".join(lines(value))) == {"Models": value}


def test_entry_gets_a_line_and_a_long_one_more() -> None:
    fields = {f"field{number}": {"type": "string"} for number in range(20)}
    written = lines({"Short": {"type": "object"}, "Long": {"properties": fields}})

    assert written[1] == "        Short: {type: object}"
    assert len(written) == 5
    assert max(map(len, written)) <= MAX_CHARACTERS


def test_repeated_value_is_written_once() -> None:
    headers = {"Content-Type": "'application/problem+json'", "Cache-Control": "'no-store'"}
    written = lines({"BAD_REQUEST_BODY": {"Headers": headers}, "THROTTLED": {"Headers": headers, "StatusCode": 429}})

    assert "Headers: &headers {" in written[1]
    assert written[2] == "        THROTTLED: {Headers: *headers, StatusCode: 429}"


def test_different_values_of_one_name_have_different_anchors() -> None:
    first, second = ({"description": letter * 60} for letter in "ab")
    value = {name: {"Headers": each} for name, each in {"A": first, "B": first, "C": second, "D": second}.items()}

    assert yaml_parse("\n".join(lines(value))) == {"Models": value}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"Fn::Sub": "'${AllowedOrigin}'"}, """!Sub "'${AllowedOrigin}'\""""),
        ({"Fn::GetAtt": ["Logs", "Arn"]}, "!GetAtt Logs.Arn"),
    ],
)
def test_functions_of_cloudformation_are_written_short(value: dict[str, Any], text: str) -> None:
    assert lines({"Value": value}) == ["      Models:", f"        Value: {text}"]
