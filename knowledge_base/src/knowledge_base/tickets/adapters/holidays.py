"""Public holidays, which `python -m generate` writes down: the library that has them takes 0.4 s to load."""

from datetime import date
from pathlib import Path

from shared.settings import MissingSettings

_FILE = Path(__file__).with_name("holidays.txt")
_NONE = "none"


def public_holidays(place: str) -> frozenset[date]:
    """Of a country, or of a part of it: `GB`, `GB-SCT`; of `none`, there are none. Raises MissingSettings."""
    if place == _NONE:
        return frozenset()
    lines = (line.split() for line in _FILE.read_text().splitlines() if line.startswith(f"{place} "))
    found = frozenset(date(int(year), int(day[:2]), int(day[2:])) for _, year, *days in lines for day in days)
    if not found:
        raise MissingSettings("nobody has written down the holidays of this country: see generate/holidays.py")
    return found
