import uuid
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import assume, given
from hypothesis import strategies as st

from shared.ids import new_id, uuid7

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

moments = st.datetimes(datetime(2001, 1, 1), datetime(2038, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  bounds
random_bits = st.integers(0, 2**74 - 1)


def milliseconds(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(milliseconds=1)


def test_the_example_of_rfc_9562_comes_out() -> None:
    # RFC 9562, appendix A.6
    moment = EPOCH + timedelta(milliseconds=0x017F22E279B0)
    random = 0xCC3 << 62 | 0x18C4DC0C0C07398F

    assert uuid7(moment, random) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


@given(moments, random_bits)
def test_id_has_version_7_and_the_variant_of_the_rfc(moment: datetime, random: int) -> None:
    parsed = uuid.UUID(uuid7(moment, random))

    assert parsed.version == 7
    assert parsed.variant == uuid.RFC_4122


@given(moments, random_bits)
def test_first_48_bits_are_the_milliseconds_and_the_rest_is_random(moment: datetime, random: int) -> None:
    value = uuid.UUID(uuid7(moment, random)).int

    assert value >> 80 == milliseconds(moment)
    assert (value >> 64 & 0xFFF) << 62 | value & (1 << 62) - 1 == random


@given(moments, random_bits, moments, random_bits)
def test_ids_sort_as_text_in_the_order_of_their_milliseconds(
    first: datetime, first_random: int, second: datetime, second_random: int
) -> None:
    assume(milliseconds(first) < milliseconds(second))

    assert uuid7(first, first_random) < uuid7(second, second_random)


@given(moments, random_bits, random_bits)
def test_id_of_the_next_millisecond_sorts_later_whatever_the_random_bits(
    moment: datetime, random: int, other_random: int
) -> None:
    assert uuid7(moment, random) < uuid7(moment + timedelta(milliseconds=1), other_random)


@given(moments, random_bits)
def test_id_is_of_the_instant_not_of_the_wall_clock(moment: datetime, random: int) -> None:
    elsewhere = moment.astimezone(timezone(timedelta(hours=5, minutes=30)))

    assert uuid7(elsewhere, random) == uuid7(moment, random)


def test_new_ids_of_one_moment_differ() -> None:
    now = datetime(2026, 2, 3, 4, 5, 6, 789000, tzinfo=UTC)

    ids = {new_id(now) for _ in range(1000)}

    assert len(ids) == 1000
    assert {uuid.UUID(id_).int >> 80 for id_ in ids} == {milliseconds(now)}


@given(moment=st.datetimes(datetime(1970, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001
def test_milliseconds_are_exact_for_every_date(moment: datetime) -> None:
    assert uuid.UUID(uuid7(moment, 0)).int >> 80 == (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(
        milliseconds=1
    )
