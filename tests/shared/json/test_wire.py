import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.json.encoding import camel, encode, moment, rfc3339
from shared.money import Money

MOMENT = datetime(2026, 2, 3, 4, 5, 6, 789999, tzinfo=UTC)

moments = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.timezones())  # noqa: DTZ001  bounds
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


class Shade(StrEnum):
    PALE_BLUE = "pale-blue"


@dataclass(frozen=True, slots=True)
class Inner:
    created_at: datetime
    shades: tuple[Shade, ...] = ()


@dataclass(frozen=True, slots=True)
class Outer:
    user_id: str
    inner: Inner
    amount: Money
    next_cursor: str | None = None


def test_dataclasses_get_camel_case_names_at_every_depth() -> None:
    answer = Outer("u1", Inner(MOMENT, (Shade.PALE_BLUE,)), Money(1299, "GBP"))

    assert json.loads(encode(answer)) == {
        "userId": "u1",
        "inner": {"createdAt": "2026-02-03T04:05:06.789Z", "shades": ["pale-blue"]},
        "nextCursor": None,
        "amount": {"amount": 1299, "currency": "GBP"},
    }


def test_dataclasses_inside_lists_and_dicts_are_written_too() -> None:
    assert json.loads(encode({"items": [Inner(MOMENT)], "empty": ()})) == {
        "items": [{"createdAt": "2026-02-03T04:05:06.789Z", "shades": []}],
        "empty": [],
    }


def test_keys_of_a_dict_stay_as_they_are() -> None:
    assert encode({"snake_case": 1}) == '{"snake_case":1}'


def test_text_in_any_script_is_written_as_it_is() -> None:
    assert encode("Zoë 山田 🎈") == '"Zoë 山田 🎈"'


@given(json_values)
def test_plain_values_come_back_unchanged(value: object) -> None:
    assert json.loads(encode(value)) == value


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_number_that_json_does_not_have_is_refused(number: float) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        encode({"amount": number})


@pytest.mark.parametrize("value", [{"a", "b"}, b"bytes", object(), Outer, 1j])
def test_value_without_a_form_on_the_wire_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="no form on the wire"):
        encode(value)


def test_time_is_written_in_utc_with_milliseconds() -> None:
    elsewhere = datetime(2026, 2, 3, 9, 35, 6, tzinfo=timezone(timedelta(hours=5, minutes=30)))

    assert rfc3339(elsewhere) == "2026-02-03T04:05:06.000Z"


def test_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        rfc3339(datetime(2026, 2, 3))  # noqa: DTZ001  the point
    with pytest.raises(ValueError, match="zone"):
        encode({"at": datetime(2026, 2, 3)})  # noqa: DTZ001  the point


@given(moments)
def test_time_comes_back_to_the_millisecond(original: datetime) -> None:
    in_utc = original.astimezone(UTC)

    assert moment(rfc3339(original)) == in_utc.replace(microsecond=in_utc.microsecond // 1000 * 1000)


@given(moments, moments)
def test_times_sort_as_text(first: datetime, second: datetime) -> None:
    if rfc3339(first) < rfc3339(second):
        assert first.astimezone(UTC) < second.astimezone(UTC)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01T00:00:00Z", "2026-02-03T25:00:00Z"])
def test_text_that_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"isoformat|month|hour"):
        moment(text)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_time_outside_of_the_calendar_is_refused_both_ways(text: str) -> None:
    with pytest.raises(ValueError, match="years"):
        moment(text)
    with pytest.raises(ValueError, match="years"):
        rfc3339(datetime.fromisoformat(text))


@pytest.mark.parametrize(
    ("snake", "expected"),
    [("version", "version"), ("user_id", "userId"), ("next_cursor", "nextCursor"), ("a_b_c", "aBC")],
)
def test_snake_case_becomes_camel_case(snake: str, expected: str) -> None:
    assert camel(snake) == expected


def test_time_without_a_zone_is_refused_on_the_way_in_too() -> None:
    with pytest.raises(ValueError, match="zone"):
        moment("2026-02-03T04:05:06")
