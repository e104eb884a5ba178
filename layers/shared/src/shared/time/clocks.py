"""Times of day, by clocks that daylight saving puts forward and back."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

_SECOND = timedelta(seconds=1)


def moment_of(day: date, at: time, zone: tzinfo) -> datetime:
    """The first moment at which clocks have reached this time of this day, in UTC.

    A time that a clock leaves out, as it is put forward, has come at that moment.
    """
    local = datetime.combine(day, at, zone)
    after = local.astimezone(UTC)
    if after.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return after
    # there is no such time: as of the second reading, it lies before the clock is put forward, as of the first after it
    before, offset = local.replace(fold=1).astimezone(UTC), after.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) // 2
        before, after = (before, middle) if middle.astimezone(zone).utcoffset() == offset else (middle, after)
    return after.replace(microsecond=0)
