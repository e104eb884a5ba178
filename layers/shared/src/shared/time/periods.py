"""Days of a list, as moments."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Period:
    """From `since` on and before `until`; None is no limit."""

    since: datetime | None = None
    until: datetime | None = None
