"""Public holidays, by the library of that name: it works them out for any year."""

from datetime import date

import holidays

from shared.settings import MissingSettings

NONE = "none"


class PublicHolidays:
    """Of a country, or of a part of it: `GB`, `GB-SCT`; of `none`, there are none.

    Raises MissingSettings for one that the library does not have.
    """

    def __init__(self, place: str) -> None:
        country, _, part = place.partition("-")
        if place == NONE:
            self._days: holidays.HolidayBase | None = None
            return
        try:
            # by its attribute: `country_holidays` loads all countries, which takes a quarter of a second
            self._days = getattr(holidays, country)(subdiv=part or None)
        except (AttributeError, NotImplementedError) as error:
            raise MissingSettings("there is no such country with holidays, or no such part of it") from error

    def __call__(self, day: date) -> bool:
        return self._days is not None and day in self._days
