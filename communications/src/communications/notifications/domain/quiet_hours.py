"""Quiet hours and times of digests, by clocks that daylight saving puts forward and back.

A clock that is put back shows times again, which changes nothing: whoever sleeps goes on sleeping, and who has been
woken stays awake.
"""

from datetime import datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from communications.users.domain.users import Digest, QuietHours
from shared.time.clocks import moment_of

_DAY = timedelta(days=1)
_MONDAY = 0


def opens_at(quiet: QuietHours | None, now: datetime) -> datetime | None:
    """When the quiet hours that `now` lies in are over, in UTC; None outside of them.

    Hours that begin when they end are none.
    """
    if quiet is None or quiet.start == quiet.end:
        return None
    zone, end = ZoneInfo(quiet.zone), None
    first = now.astimezone(zone).date() - _DAY
    # where a clock leaves out the time between two windows, they are one
    for day in (first + number * _DAY for number in range(4)):
        begins = moment_of(day, quiet.start, zone)
        ends = moment_of(day if quiet.start < quiet.end else day + _DAY, quiet.end, zone)
        if begins <= (end or now) < ends:
            end = ends
    return end


def next_digest(digest: Digest, at: time, zone: tzinfo, now: datetime) -> datetime | None:
    """When the next digest is due, later than `now`, in UTC: daily, or on Mondays; None where they are off."""
    if digest is Digest.OFF:
        return None
    today = now.astimezone(zone).date()
    days = (today + number * _DAY for number in range(9))
    due = (moment_of(day, at, zone) for day in days if digest is Digest.DAILY or day.weekday() == _MONDAY)
    return next(moment for moment in due if moment > now)
