"""Counts of days: they add up, in whatever order they come."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from shared.figures.tallies import Counts, Occurrence, Period, added, by_day, counts, distinct, tallies
from shared.money import Money

LONDON = ZoneInfo("Europe/London")
NUMBERS = st.integers(-1000, 1000)
COUNTS = st.dictionaries(st.sampled_from(["orders", "sales#GBP", "sales#EUR"]), NUMBERS)
MOMENTS = st.datetimes(datetime(2026, 3, 25), datetime(2026, 4, 2), timezones=st.just(UTC))  # noqa: DTZ001  zone follows


@st.composite
def happened(draw: st.DrawFn) -> list[Occurrence]:
    found = draw(st.lists(st.tuples(MOMENTS, COUNTS), max_size=12))
    return [Occurrence(str(number), at, named) for number, (at, named) in enumerate(found)]


def without_zeros(counted: Counts) -> Counts:
    return {name: number for name, number in counted.items() if number}


@given(once=happened(), data=st.data())
def test_days_are_the_same_whatever_comes_again_and_in_whatever_order(
    once: Sequence[Occurrence], data: st.DataObject
) -> None:
    again = data.draw(st.lists(st.sampled_from(once), max_size=12)) if once else []
    delivered = data.draw(st.permutations([*once, *again]))

    assert by_day(distinct(delivered).values(), LONDON) == by_day(once, LONDON)


@given(once=happened())
def test_days_add_up_to_the_total(once: Sequence[Occurrence]) -> None:
    period = Period(date(2026, 3, 20), date(2026, 4, 10))

    days, total = tallies(period, by_day(once, LONDON))

    assert [day for day, _ in days] == [date(2026, 3, 20) + timedelta(days=n) for n in range(22)]
    assert without_zeros(added(tally.counts for _, tally in days)) == without_zeros(total.counts)
    assert without_zeros(total.counts) == without_zeros(added(each.counts for each in once))


def test_days_are_those_of_the_zone_also_where_its_clocks_change() -> None:
    before, after = datetime(2026, 3, 28, 23, 30, tzinfo=UTC), datetime(2026, 3, 29, 23, 30, tzinfo=UTC)

    counted = by_day([Occurrence("1", before, {"n": 1}), Occurrence("2", after, {"n": 2})], LONDON)

    assert counted == {date(2026, 3, 28): {"n": 1}, date(2026, 3, 30): {"n": 2}}


def test_money_is_kept_by_currency_and_every_day_has_each_of_them() -> None:
    one, two = date(2026, 11, 1), date(2026, 11, 2)
    counted = {
        one: counts(orders=1, sales=Money(500, "GBP")),
        two: {**counts(orders=2, sales=Money(-500, "GBP")), **counts(sales=Money(70, "EUR"))},
    }

    days, total = tallies(Period(one, two), counted)

    assert [tally.money("sales", total) for _, tally in days] == [
        (Money(0, "EUR"), Money(500, "GBP")),
        (Money(70, "EUR"), Money(-500, "GBP")),
    ]
    assert (total.number("orders"), total.money("sales", total)) == (3, (Money(70, "EUR"), Money(0, "GBP")))


def test_what_was_never_counted_is_zero_and_has_no_currency() -> None:
    day = date(2026, 11, 1)
    [(_, tally)], total = tallies(Period(day, day), {})
    assert (tally.number("orders"), tally.money("sales", total)) == (0, ())
