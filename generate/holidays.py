"""Writes down public holidays, which deadlines of tickets leave out: see docs/decisions/0081-tickets.md."""

from pathlib import Path

from holidays import country_holidays

from generate.functions import ROOT

YEARS = range(2026, 2041)

PLACES = (
    *("AT", "AU", "BE", "CA", "CH", "DE", "DK", "ES", "FI", "FR", "GB", "IE", "IT", "LU", "NL", "NO", "NZ", "PL", "PT"),
    *("SE", "US", "ZA"),
    *("GB-ENG", "GB-NIR", "GB-SCT", "GB-WLS"),
    *(f"AU-{part}" for part in ("ACT", "NSW", "NT", "QLD", "SA", "TAS", "VIC", "WA")),
    *(f"CA-{part}" for part in ("AB", "BC", "MB", "NB", "NL", "NS", "ON", "PE", "QC", "SK")),
    *(f"DE-{part}" for part in ("BB", "BE", "BW", "BY", "HB", "HE", "HH", "MV", "NI", "NW", "RP", "SH", "SL", "SN")),
    *("DE-ST", "DE-TH"),
)
"""Countries, and parts of them with other holidays: more are added here."""

_FILE = ROOT / "knowledge_base/src/knowledge_base/tickets/adapters/holidays.txt"


def holidays_file() -> dict[Path, str]:
    return {_FILE: "".join(f"{_line(place, year)}\n" for place in sorted(PLACES) for year in YEARS)}


def _line(place: str, year: int) -> str:
    """`GB-SCT 2026 0101 0102 …`"""
    country, _, part = place.partition("-")
    days = country_holidays(country, subdiv=part or None, years=year)
    return " ".join([place, str(year), *(f"{day:%m%d}" for day in sorted(days) if day.year == year)])
