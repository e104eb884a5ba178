"""Moments that come from outside may be any from the year 1 to the year 9999: arithmetic must not leave that range."""

from datetime import UTC, date, datetime, timedelta, tzinfo

FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def in_utc(moment: datetime) -> datetime:
    """The same moment in UTC. Raises ValueError where it has no zone, or lies in another year than 1 to 9999 there."""
    if moment.tzinfo is None:
        raise ValueError("a time needs its zone")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("must be in one of the years 0001 to 9999, in UTC") from error


def after(moment: datetime, span: timedelta) -> datetime:
    """`moment + span`, in UTC: the last moment that there is where that would be later, the first where earlier."""
    try:
        return in_utc(moment) + span
    except OverflowError:
        return LAST if span > timedelta() else FIRST


def in_milliseconds(moment: datetime) -> datetime:
    """As stores keep it."""
    return moment.replace(microsecond=moment.microsecond // 1_000 * 1_000)


def day(moment: datetime, zone: tzinfo) -> str:
    """`25 December 2026`: see `local_date`."""
    return f"{local_date(moment, zone):%-d %B %Y}"


def local_date(moment: datetime, zone: tzinfo) -> date:
    """Where the moment was given in local time, the local day; otherwise that of `zone`.

    UTC is nobody's local time: programs write whatever they have in it.
    """
    try:
        local = moment if moment.utcoffset() else moment.astimezone(zone)
    except OverflowError:
        local = moment
    return local.date()
